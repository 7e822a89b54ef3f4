"""Torchvision's names of architectures as their papers write them: resnet50 is ResNet-50."""

from __future__ import annotations

import re

_FAMILIES = (
    (r"alexnet", "AlexNet"),
    (r"convnext_(\w+)", "ConvNeXt-{0}"),
    (r"densenet(\d+)", "DenseNet-{0}"),
    (r"efficientnet_(b\d)", "EfficientNet-{0}"),
    (r"efficientnet_v2_(\w)", "EfficientNetV2-{0}"),
    (r"googlenet", "GoogLeNet"),
    (r"inception_v3", "Inception v3"),
    (r"maxvit_(\w)", "MaxViT-{0}"),
    (r"mnasnet(\d)_(\d+)", "MNASNet {0}.{1}"),
    (r"mobilenet_v2", "MobileNetV2"),
    (r"mobilenet_v3_(\w+)", "MobileNetV3 {0}"),
    (r"regnet_([xy])_(\d+)_(\d+)gf", "RegNet{0} {1}.{2}GF"),
    (r"regnet_([xy])_(\d+[gm]f)", "RegNet{0} {1}"),
    (r"resnet(\d+)", "ResNet-{0}"),
    (r"resnext(\d+)_(\w+)", "ResNeXt-{0} {1}"),
    (r"shufflenet_v2_x(\d)_(\d)", "ShuffleNetV2 {0}.{1}×"),
    (r"squeezenet(\d)_(\d)", "SqueezeNet {0}.{1}"),
    (r"swin_([tsb])", "Swin-{0}"),
    (r"swin_v2_([tsb])", "SwinV2-{0}"),
    (r"vgg(\d+)", "VGG-{0}"),
    (r"vgg(\d+)_bn", "VGG-{0} with batch norm"),
    (r"vit_([blh])_(\d+)", "ViT-{0}/{1}"),
    (r"wide_resnet(\d+)_(\d)", "Wide ResNet-{0}-{1}"),
)


def title_of(architecture: str) -> str:
    """The name itself where no family is known that it belongs to."""
    for pattern, title in _FAMILIES:
        if found := re.fullmatch(pattern, architecture):
            return title.format(*(_written(part) for part in found.groups()))
    return architecture


def _written(part: str) -> str:
    if part.endswith(("gf", "mf")):
        return part.upper()
    if re.fullmatch(r"\d+x\d+d", part):
        return part.replace("x", "×")
    return part.capitalize()
