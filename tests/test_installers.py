"""What packaging/ makes of a bundle, tried with a stand-in of a few files in a home folder of its own."""

from __future__ import annotations

import configparser
import io
import lzma
import os
import shutil
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import desktop_app
from desktop_app.selfcheck import Broken, damage

ROOT = Path(__file__).resolve().parent.parent
LINUX = ROOT / "packaging" / "linux"
on_linux = pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("xz"), reason="the installer is for Linux, and made with xz"
)


@pytest.fixture(scope="module")
def packaging() -> Iterator[SimpleNamespace]:
    """Its modules, which are run as scripts and therefore not a package."""
    before = set(sys.modules)
    sys.path.insert(0, str(ROOT / "packaging"))
    import contents
    import macos_bundle
    import trim
    import version_info
    from linux import deb, run_file, symbols

    yield SimpleNamespace(**{module.__name__.split(".")[-1]: module for module in (
        contents, deb, macos_bundle, run_file, symbols, trim, version_info,
    )})  # fmt: skip
    sys.path.remove(str(ROOT / "packaging"))
    for name in set(sys.modules) - before:
        if name.split(".")[0] in ("contents", "linux", "macos_bundle", "pictures", "trim", "version_info"):
            del sys.modules[name]


def test_the_folder_does_not_hide_the_library_of_its_name() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import packaging.version"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_windows_and_macos_are_told_the_version_of_the_program(packaging: SimpleNamespace) -> None:
    version = packaging.version_info.version()
    assert version == desktop_app.__version__
    text = packaging.version_info.resource(version)
    assert f'"ProductVersion", "{version}"' in text
    assert f"filevers=({version.replace('.', ', ')}, 0)" in text
    info = packaging.macos_bundle.info(version)
    assert info["CFBundleShortVersionString"] == version
    assert info["NSCameraUsageDescription"]


def test_all_systems_open_the_same_kind_of_file(packaging: SimpleNamespace) -> None:
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str  # type: ignore[assignment,method-assign]
    entry.read(LINUX / "convlens.desktop", "utf-8")
    desktop = entry["Desktop Entry"]
    assert desktop["Type"] == "Application"
    assert desktop["Exec"] == "convlens %f"
    assert all(desktop[key].endswith(";") for key in ("Categories", "Keywords", "MimeType"))
    space = {"": "http://www.freedesktop.org/standards/shared-mime-info"}
    kind = ET.parse(LINUX / "convlens.xml").getroot().find("mime-type", space)
    assert kind is not None
    assert [glob.get("pattern") for glob in kind.findall("glob", space)] == ["*.convlens"]
    assert desktop["MimeType"] == f"{kind.get('type')};"
    (declared,) = packaging.macos_bundle.info("1.2.3")["UTExportedTypeDeclarations"]
    tags = declared["UTTypeTagSpecification"]
    assert tags == {"public.filename-extension": ["convlens"], "public.mime-type": [kind.get("type")]}
    assert r"Software\Classes\.convlens" in (ROOT / "packaging" / "windows" / "convlens.nsi").read_text("utf-8-sig")


@pytest.mark.parametrize(
    "file",
    [
        "torch/lib/libtorch_cpu.so", "torch/bin/torch_shm_manager", "PySide6/Qt/plugins/platforms/libqxcb.so",
        r"PySide6\plugins\platforms\qwindows.dll", "PySide6/Qt/translations/qtbase_de.qm", "libxcb-cursor.so.0",
        "models/shapes-lenet/weights.safetensors", "resources/icons/play.svg", "resources/fonts/OFL.txt",
    ],
)  # fmt: skip
def test_what_is_used_goes_into_the_bundle(packaging: SimpleNamespace, file: str) -> None:
    assert packaging.trim.needed(file)


@pytest.mark.parametrize(
    "file",
    [
        "torch/include/ATen/ATen.h", "torch/bin/protoc", "torch/lib/libjitbackend_test.so", "torch/test/test_nn.py",
        r"torch\lib\libprotobuf.lib",
        "PySide6/Qt/lib/libQt6Network.so.6", "PySide6/Qt/plugins/tls/libqopensslbackend.so",
        r"PySide6\plugins\tls\qschannelbackend.dll", "PySide6/Qt/translations/qtwebengine_de.qm",
        "PySide6/Qt/plugins/platforms/libqvnc.so", "torchvision/_C.so",
    ],
)  # fmt: skip
def test_what_nothing_uses_stays_out(packaging: SimpleNamespace, file: str) -> None:
    assert not packaging.trim.needed(file)


def test_optional_parts_stay_out_unless_asked_for(packaging: SimpleNamespace) -> None:
    assert {"onnx", "onnxruntime", "cv2"} <= set(packaging.trim.unused_modules())
    assert {"onnx", "onnxruntime", "cv2"} & set(packaging.trim.unused_modules(("camera",))) == {"onnx", "onnxruntime"}


def test_the_list_of_files_tells_which_one_is_damaged(packaging: SimpleNamespace, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    for name in ("convlens", "models/weights"):
        (tmp_path / name).write_text(name)
    listing = packaging.contents.write(tmp_path)
    assert damage(listing) == "2 files are whole"
    (tmp_path / "models" / "weights").write_text("models/weighty")
    with pytest.raises(Broken, match=r"1 of 2 .*models/weights"):
        damage(listing)


@on_linux
def test_a_library_without_its_symbols_works_as_before(packaging: SimpleNamespace, tmp_path: Path) -> None:
    import _decimal

    library = tmp_path / Path(_decimal.__file__).name
    shutil.copy(_decimal.__file__, library)
    with library.open("ab") as stream:
        stream.write(bytes(300_000))  # what a linker puts behind all that is loaded
    before = library.stat().st_size
    assert packaging.symbols.drop_symbols(library) == before - library.stat().st_size >= 300_000
    code = "import _decimal; print(_decimal.__file__, _decimal.Decimal('1.5') * 3)"
    done = subprocess.run([sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); {code}"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert done.stdout.split() == [str(library), "4.5"]


def test_a_file_that_is_no_library_is_left_alone(packaging: SimpleNamespace, tmp_path: Path) -> None:
    file = tmp_path / "a.so"
    file.write_bytes(b"INPUT(libfoo.so)" * 100_000)
    assert packaging.symbols.drop_symbols(file) == 0
    assert file.stat().st_size == 1_600_000


# --- the self-extracting file, with a program of three lines -------------------------------------------------------


def payload(version: str, fails: bool = False) -> bytes:
    """As in the Debian package."""
    program = f"#!/bin/sh\necho ConvLens {version}\nexit {int(fails)}\n".encode()
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, data, mode in (
            ("convlens", program, 0o755), (f"_internal/only-{version}", b"x", 0o644),
        ):  # fmt: skip
            entry = tarfile.TarInfo(f"./usr/lib/convlens/{name}")
            entry.size, entry.mode = len(data), mode
            archive.addfile(entry, io.BytesIO(data))
    return lzma.compress(stream.getvalue(), preset=0)


@pytest.fixture(scope="module")
def tools(packaging: SimpleNamespace, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("tools")
    xz = Path(str(shutil.which("xz"))).resolve()
    for file in (xz, packaging.run_file.library_of(xz, "liblzma.so.5"), LINUX / "uninstall.sh"):
        shutil.copy(file, folder)
    for name in ("libc.so.6", "libnobody.so.1"):
        (folder / "spare").mkdir(exist_ok=True)
        (folder / "spare" / name).write_text("spare")
    for source, place in (("convlens.desktop", "applications"), ("convlens.xml", "mime/packages")):
        (folder / "share" / place).mkdir(parents=True)
        shutil.copy(LINUX / source, folder / "share" / place)
    made: bytes = packaging.run_file.packed(folder)
    return made


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home of a pupil"
    folder.mkdir()
    return folder


def run(file: Path, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """As an ordinary user, whose identity `id` then says."""
    fake = home.parent / "bin"
    fake.mkdir(exist_ok=True)
    (fake / "id").write_text("#!/bin/sh\necho 1000\n")
    (fake / "id").chmod(0o755)
    environment = {"HOME": str(home), "TMPDIR": str(fake), "PATH": f"{fake}:{os.environ['PATH']}"}
    return subprocess.run(["sh", file, *words], env=environment, capture_output=True, text=True, check=False)


def installer(packaging: SimpleNamespace, tools: bytes, file: Path, version: str = "1.0.0", **more: Any) -> Path:
    glibc, kilobytes = more.get("glibc", "2.17"), more.get("kilobytes", 100)
    data = payload(version, more.get("fails", False))
    file.write_bytes(packaging.run_file.assembled(version, glibc, kilobytes, tools, data))
    return file


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@on_linux
def test_installed_updated_and_removed_without_a_trace(
    packaging: SimpleNamespace, tools: bytes, tmp_path: Path, home: Path
) -> None:
    (home / ".local" / "share").mkdir(parents=True)
    before = everything(home)
    first = run(installer(packaging, tools, tmp_path / "a.run"), home)
    assert (first.returncode, first.stderr) == (0, "")
    assert "ConvLens 1.0.0 is installed" in first.stdout
    prefix = home / ".local" / "opt" / "convlens"
    link = home / ".local" / "bin" / "convlens"
    assert subprocess.run([link], capture_output=True, text=True, check=True).stdout == "ConvLens 1.0.0\n"
    entry = (home / ".local" / "share" / "applications" / "convlens.desktop").read_text("utf-8")
    assert f'Exec="{prefix}/convlens" %f' in entry
    assert (prefix / "_internal" / "libnobody.so.1").exists(), "this system has none"
    assert not (prefix / "_internal" / "libc.so.6").exists(), "this system has its own"

    (prefix / "site.toml").write_text("[pages]")
    second = run(installer(packaging, tools, tmp_path / "b.run", "1.1.0"), home, "--silent")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")
    assert subprocess.run([link], capture_output=True, text=True, check=True).stdout == "ConvLens 1.1.0\n"
    assert [file.name for file in (prefix / "_internal").glob("only*")] == ["only-1.1.0"]
    assert (prefix / "site.toml").exists(), "the school's own"
    assert everything(home / ".local" / "opt")[0] == "convlens", "nothing half done is left beside it"

    removed = run(prefix / "uninstall.sh", home)
    assert (removed.returncode, removed.stderr) == (0, "")
    assert everything(home) == before


@on_linux
@pytest.mark.parametrize(
    ("damaged", "says"), [(lambda data: data[:-1], "not complete"), (lambda data: data[:-9] + b"damaged!!", "damaged")]
)
def test_a_damaged_file_installs_nothing(
    packaging: SimpleNamespace, tools: bytes, tmp_path: Path, home: Path, damaged: Any, says: str
) -> None:
    file = installer(packaging, tools, tmp_path / "a.run")
    file.write_bytes(damaged(file.read_bytes()))
    done = run(file, home)
    assert done.returncode == 1
    assert f"is {says}. Copy it again." in done.stderr
    assert everything(home) == []


@on_linux
@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"kilobytes": 10**12}, "MB are needed"),
        ({"glibc": "9.9"}, "needs glibc 9.9"),
        ({"fails": True}, "does not run"),
    ],
)
def test_what_cannot_work_here_says_why_and_leaves_an_older_version(
    packaging: SimpleNamespace, tools: bytes, tmp_path: Path, home: Path, more: dict[str, Any], says: str
) -> None:
    assert run(installer(packaging, tools, tmp_path / "a.run"), home).returncode == 0
    before = everything(home)
    done = run(installer(packaging, tools, tmp_path / "b.run", "1.1.0", **more), home)
    assert done.returncode == 1
    assert says in done.stderr
    assert everything(home) == before


@on_linux
def test_a_folder_that_holds_something_else_is_not_touched(
    packaging: SimpleNamespace, tools: bytes, tmp_path: Path, home: Path
) -> None:
    (home / "thesis.txt").write_text("mine")
    done = run(installer(packaging, tools, tmp_path / "a.run"), home, "--prefix", str(home))
    assert done.returncode == 1
    assert "holds something else" in done.stderr
    assert everything(home) == ["thesis.txt"]
    assert run(tmp_path / "a.run", home, "--quiet").returncode == 2
