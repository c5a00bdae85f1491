"""Outlook's messages, in compound files written by hand."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

FREE, END, FAT_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


STORAGE, STREAM, ROOT = 1, 2, 5


Tree = dict[str, "bytes | Tree"]


def padded(data: bytes, size: int, fill: bytes = b"\0") -> bytes:
    return data + fill * (-len(data) % size)


def make_compound(tree: Tree) -> bytes:
    """Return a compound file ([MS-CFB], version 3): storages are dicts, streams are bytes."""
    entries: list[list[int | str]] = [["Root Entry", ROOT, FREE, FREE, END, 0]]
    small, small_fat = bytearray(), list[int]()
    large: list[tuple[int, bytes]] = []

    def add(branch: Tree, parent: int) -> None:
        before = 0
        for name, content in branch.items():
            at = len(entries)
            kind = STREAM if isinstance(content, bytes) else STORAGE
            entries.append([name, kind, FREE, FREE, END if kind == STREAM else 0, 0])
            # Siblings hang on each other's right side; a new storage's first is its child.
            entries[before or parent][2 if before else 3] = at
            before = at
            if isinstance(content, dict):
                add(content, at)
            elif len(content) >= 4096:
                large.append((at, content))
            elif content:
                first, count = len(small_fat), -(-len(content) // 64)
                small_fat.extend([*range(first + 1, first + count), END])
                small.extend(padded(content, 64))
                entries[at][4:] = first, len(content)

    add(tree, 0)
    sectors, fat = bytearray(), list[int]()

    def put(data: bytes) -> int:
        first, count = len(fat), -(-len(data) // 512)
        fat.extend([*range(first + 1, first + count), END])
        sectors.extend(padded(data, 512))
        return first

    for at, content in large:
        entries[at][4:] = put(content), len(content)
    if small:
        entries[0][4:] = put(bytes(small)), len(small)
    table = put(struct.pack(f"<{len(small_fat)}I", *small_fat)) if small_fat else END
    directory = b"".join(make_entry(*entry) for entry in entries)  # type: ignore[arg-type]
    listed = put(padded(directory, 512))
    own = next(n for n in range(1, 109) if (len(fat) + n) * 4 <= n * 512)
    places = [*range(len(fat), len(fat) + own)]
    table_size = -(-len(small_fat) * 4 // 512)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIII", 62, 3, 0xFFFE, 9, 6, 0, own, listed, 0, 4096, table,
                        table_size, END, 0)  # fmt: skip
    head += struct.pack("<109I", *places, *[FREE] * (109 - own))
    fat += [FAT_SECTOR] * own
    return head + sectors + padded(struct.pack(f"<{len(fat)}I", *fat), 512, b"\xff")


def make_entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    words = name.encode("utf-16-le")
    links = struct.pack("<64sHBBIII", words, len(words) + 2, kind, 1, FREE, right, child)
    return links + bytes(36) + struct.pack("<IQ", start, size)


def make_part(offset: int, texts: dict[int, str | bytes], numbers: dict[int, int]) -> Tree:
    """Return a storage's streams: text as UTF-16, bytes as they are, numbers in the fixed block."""
    block = bytes(offset)
    for number, amount in numbers.items():
        block += struct.pack("<HHIQ", 0x40 if amount >> 32 else 3, number, 6, amount)
    tree: Tree = {"__properties_version1.0": block}
    for number, value in texts.items():
        kind = "001F" if isinstance(value, str) else "0102"
        data = value.encode("utf-16-le") if isinstance(value, str) else value
        tree[f"__substg1.0_{number:04X}{kind}"] = data
    return tree


def make_msg(
    texts: dict[int, str | bytes],
    numbers: dict[int, int] | None = None,
    *,
    recipients: tuple[tuple[str, str, int], ...] = (),
    files: tuple[str, ...] = (),
    narrow: dict[int, bytes] | None = None,
) -> bytes:
    tree = make_part(32, texts, numbers or {})
    for number, data in (narrow or {}).items():
        tree[f"__substg1.0_{number:04X}001E"] = data
    for at, (name, address, kind) in enumerate(recipients):
        part = make_part(8, {0x3001: name, 0x39FE: address}, {0x0C15: kind})
        tree[f"__recip_version1.0_#{at:08X}"] = part
    for at, name in enumerate(files):
        part = make_part(8, {0x3707: name, 0x3701: b"secret words" * 500}, {})
        tree[f"__attach_version1.0_#{at:08X}"] = part
    return make_compound(tree)


def time(moment: datetime) -> int:
    return int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000


SUBJECT, SENDER, ADDRESS, SENT, HEADERS = 0x0037, 0x0C1A, 0x5D01, 0x0039, 0x007D


BODY, PAGE, RTF, CODE_PAGE = 0x1000, 0x1013, 0x1009, 0x3FDE


HEAD: dict[int, str | bytes] = {
    SUBJECT: "The café deal",
    SENDER: "Ann Smith",
    ADDRESS: "ann@example.org",
}


NOON = {SENT: time(datetime(2014, 7, 1, 12, tzinfo=UTC))}


LETTER = make_msg({**HEAD, BODY: "Zenith paid €4 million.\r\nIt is all there."}, NOON)
