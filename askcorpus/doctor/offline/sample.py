"""A folder of small documents, one of each kind of format, and a question that each answers."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = "Why was the harbour closed?"
_TEXT = "The harbour was closed on Monday because of ice. Ferries will sail again on Thursday."
_WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_PARTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_FILES = {
    "notice.txt": _TEXT,
    "notice.md": f"# Harbour\n\n{_TEXT}\n",
    # A parser that follows these would be seen.
    "notice.html": (
        '<html><head><link rel="stylesheet" href="http://192.0.2.1/a.css"></head><body>'
        f'<h1>Harbour</h1><p>{_TEXT}</p><img src="http://192.0.2.1/a.png"></body></html>'
    ),
    "notice.csv": f'place,notice\nharbour,"{_TEXT}"\n',
    "notice.json": f'[{{"place": "harbour", "notice": "{_TEXT}"}}]',
    "notice.eml": f"From: a@example.org\nSubject: Harbour\n\n{_TEXT}\n",
    "notice.rtf": rf"{{\rtf1\ansi {_TEXT}\par}}",
}


def make(folder: Path) -> int:
    """Write the documents into the folder; return how many there are."""
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "notice.pdf").write_bytes(_pdf())
    with zipfile.ZipFile(folder / "notice.docx", "w") as package:
        for name, xml in _docx().items():
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{xml}')
    return len(_FILES) + 2


def _docx() -> dict[str, str]:
    """Return a Word file's parts by their names."""
    types = f'<Override PartName="/word/document.xml" ContentType="{_DOCX}"/>'
    link = f'<Relationship Id="r1" Type="{_PARTS}" Target="word/document.xml"/>'
    body = f"<w:body><w:p><w:r><w:t>{_TEXT}</w:t></w:r></w:p></w:body>"
    return {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}">{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_LINKS}">{link}</Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_WORDS}">{body}</w:document>',
    }


def _pdf() -> bytes:
    """Return a PDF of one page; its table of offsets is made while it is written."""
    drawn = f"BT /F1 9 Tf 20 100 Td ({_TEXT}) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 500 200] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    end += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(data)}\n%%EOF\n"
    return (data + end).encode("ascii")
