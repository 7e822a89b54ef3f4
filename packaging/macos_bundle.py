"""What macOS is told of the program: names, version, why it wants the camera, and the session files that it opens."""

from __future__ import annotations

from typing import Any

IDENTIFIER = "org.convlens.ConvLens"
SESSION = "org.convlens.session"


def info(version: str) -> dict[str, Any]:
    """The additions to Info.plist."""
    return {
        "CFBundleDisplayName": "ConvLens",
        "CFBundleShortVersionString": version,
        "LSMinimumSystemVersion": "13.0",  # of torch's and PySide6's wheels
        "NSHighResolutionCapable": True,
        "NSCameraUsageDescription": "ConvLens shows how a network reads what the camera sees. No picture is kept "
        "unless you save it, and none leaves this machine.",
        "CFBundleDocumentTypes": [
            {
                "CFBundleTypeName": "ConvLens session",
                "CFBundleTypeRole": "Editor",
                "LSHandlerRank": "Owner",
                "LSItemContentTypes": [SESSION],
            },
            {
                "CFBundleTypeName": "Picture",
                "CFBundleTypeRole": "Viewer",
                "LSHandlerRank": "Alternate",
                "LSItemContentTypes": ["public.image"],
            },
        ],
        "UTExportedTypeDeclarations": [
            {
                "UTTypeIdentifier": SESSION,
                "UTTypeDescription": "ConvLens session",
                "UTTypeConformsTo": ["public.data"],
                "UTTypeTagSpecification": {
                    "public.filename-extension": ["convlens"],
                    "public.mime-type": ["application/x-convlens-session"],
                },
            }
        ],
    }
