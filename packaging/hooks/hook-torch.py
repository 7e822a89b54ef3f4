"""PyInstaller's way to collect torch, in place of the one that comes with it.

That one takes every module of torch, used or not, and the source of each beside the compiled one: 46 MB that only
torch.jit reads. Here PyInstaller follows the imports, as for any other package.
"""

from pathlib import Path

from PyInstaller.utils.hooks import collect_dynamic_libs, get_package_paths

TORCH = Path(get_package_paths("torch")[1])

# Imported by a name that is put together at run time.
hiddenimports = [
    "torch.nested._internal",
    "torch.onnx.symbolic_opset17",
    "torch.testing._internal.distributed.fake_pg",
    *(f"torch._dynamo.polyfills.{file.stem}" for file in (TORCH / "_dynamo" / "polyfills").glob("[!_]*.py")),
]
binaries = collect_dynamic_libs("torch", search_patterns=["*.so", "*.so.*", "*.dll", "*.dylib"])
# On Linux and macOS torch looks for it as it is imported.
binaries += [(str(file), "torch/bin") for file in (TORCH / "bin").glob("torch_shm_manager*")]
# Torch finds its libraries beside each other and not through links in the bundle's top folder.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
# Sources that are read while torch is imported: settings with comments that mean something, and torch.jit's overloads.
SOURCES = (
    "_config_module", "install_config_module(", "_overload_method", "@_overload", "_overload as overload",
    "torch.jit._overload",
)  # fmt: skip
READ = [file for file in TORCH.rglob("*.py") if any(word in file.read_text("utf-8") for word in SOURCES)]
module_collection_mode = {"torch": "pyz"} | {
    ".".join(("torch", *file.relative_to(TORCH).with_suffix("").parts)): "pyz+py"
    for file in READ
    if file.name != "__init__.py"  # a package's mode would be that of all that is in it
}
