"""Drops from shared libraries what no program loads: symbol tables and debug information, 89 of torch's 434 MB.

Not by `strip`, which lays a library out anew and breaks those whose paths were patched after linking, as torch's are.
Here a file is cut off behind the last byte that the loader maps; what is mapped stays as it is, byte for byte.
"""

from __future__ import annotations

import struct
from pathlib import Path

WORTHWHILE = 16 * 1024
"""Bytes to be won, below which a library is left alone."""


def loaded_size(head: bytes) -> int | None:
    """Bytes from the start of an ELF file (64 bit, little endian) that the loader needs; None for any other file.

    head: the first 64 KB, where the table of segments lies; None too where it lies elsewhere.
    """
    if head[:6] != b"\x7fELF\x02\x01" or len(head) < 64:
        return None
    (table,) = struct.unpack_from("<Q", head, 32)
    size, count = struct.unpack_from("<HH", head, 54)
    if table + size * count > len(head):
        return None
    segments: list[tuple[int, ...]] = [
        struct.unpack_from("<QQQQ", head, table + size * index + 8) for index in range(count)
    ]
    return max(offset + in_file for offset, _, _, in_file in segments)


def drop_symbols(library: Path) -> int:
    """Cuts the file; the bytes that were won, 0 where it was left alone."""
    with library.open("r+b") as stream:
        end = loaded_size(stream.read(65536))
        won = library.stat().st_size - end if end else 0
        if end is None or won < WORTHWHILE:
            return 0
        stream.seek(40)
        stream.write(bytes(8))  # where the table of sections was
        stream.seek(60)
        stream.write(bytes(4))  # how many there were, and which of them held their names
        stream.truncate(end)
    return won
