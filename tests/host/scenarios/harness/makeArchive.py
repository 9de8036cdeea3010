"""Writes a tar archive: what is in it comes as JSON on the standard input, the archive goes out.

{"format": "ustar" | "gnu" | "pax", "compression": "" | "gz" | "bz2" | "xz" | "zst", "members": [{"name",
"type", "mode", "uid", "gid", "link", "content", "device", "attributes"}]}. The same every time.
"""

import bz2
import gzip
import io
import json
import lzma
import struct
import sys
import tarfile

FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
TYPES = {
    "file": tarfile.REGTYPE,
    "directory": tarfile.DIRTYPE,
    "symlink": tarfile.SYMTYPE,
    "hardlink": tarfile.LNKTYPE,
    "fifo": tarfile.FIFOTYPE,
    "character": tarfile.CHRTYPE,
    "block": tarfile.BLKTYPE,
}
TIME = 1_500_000_000


def zstd(data):
    """One frame of blocks that are not compressed."""
    blocks = [data[at : at + 100_000] for at in range(0, len(data), 100_000)] or [b""]
    frame = b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(data))
    for number, block in enumerate(blocks):
        last = number == len(blocks) - 1
        frame += struct.pack("<I", len(block) << 3 | last)[:3] + block
    return frame


COMPRESSIONS = {
    "": bytes,
    "gz": lambda data: gzip.compress(data, mtime=TIME),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd,
}


def member_of(given):
    member = tarfile.TarInfo(given["name"])
    member.type = TYPES[given.get("type", "file")]
    member.mode = given.get("mode", 0o640)
    member.uid = given.get("uid", 7)
    member.gid = given.get("gid", 8)
    member.mtime = TIME
    member.linkname = given.get("link", "")
    member.devmajor, member.devminor = given.get("device", (0, 0))
    for name, value in given.get("attributes", {}).items():
        text = bytes.fromhex(value).decode("utf-8", "surrogateescape")
        member.pax_headers[f"SCHILY.xattr.{name}"] = text
    return member


def main():
    given = json.load(sys.stdin)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=FORMATS[given["format"]]) as archive:
        for one in given["members"]:
            member = member_of(one)
            content = one.get("content", "").encode()
            member.size = len(content) if member.isreg() else 0
            archive.addfile(member, io.BytesIO(content))
    sys.stdout.buffer.write(COMPRESSIONS[given["compression"]](out.getvalue()))


main()
