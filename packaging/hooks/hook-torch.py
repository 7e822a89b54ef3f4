"""PyInstaller's way to collect torch, in place of the one that comes with it.

That one takes every module of torch, used or not, and the source of each beside the compiled one: 46 MB that only
torch.jit reads. Here PyInstaller follows the imports, as for any other package.
"""

from pathlib import Path

from PyInstaller.utils.hooks import collect_dynamic_libs, get_package_paths

hiddenimports = ["torch._C", "torch.nested._internal", "torch.onnx.symbolic_opset17"]
binaries = collect_dynamic_libs("torch", search_patterns=["*.so", "*.so.*", "*.dll", "*.dylib"])
# On Linux and macOS torch looks for it as it is imported.
binaries += [(str(file), "torch/bin") for file in Path(get_package_paths("torch")[1], "bin").glob("torch_shm_manager*")]
# Torch finds its libraries beside each other and not through links in the bundle's top folder.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
# Sources that torch.jit reads while torch is imported.
module_collection_mode = {
    "torch": "pyz",
    "torch.nn.functional": "pyz+py",
    "torch._decomp.decompositions_for_jvp": "pyz+py",
}
