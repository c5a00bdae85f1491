"""Files that are made to hang, fill, crash or deceive: each by its name, made in a folder."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Files = Callable[[], Mapping[str, bytes]]

MB = 1_000_000
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
XLSX_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
WORD = "word/document.xml"
BIDI = "\u202e\u2066\u200b\u061c\ufeff"
ESCAPES = f"\x1b[2J\x1b[31mred\x1b]0;title\x07\x1b]52;c;aGk=\x07\x9b5n\x90q\x9c{BIDI}\x08\x7f\r "


def package(parts: Mapping[str, str | bytes]) -> bytes:
    """Return a zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def docx(body: str, *, doctype: str = "") -> bytes:
    """Return a Word file with that body."""
    source = f"{doctype}<w:document {W}><w:body>{body}</w:body></w:document>"
    return package({WORD: source})


def para(words: str) -> str:
    """Return a Word paragraph."""
    return f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>"


def sheet(rows: str, *, doctype: str = "", name: str = "A") -> bytes:
    """Return a workbook of one sheet."""
    relation = f'<Relationship Id="r1" Type="{OFFICE}/%s" Target="%s"/>'
    head = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    return package(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
            'content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.'
            'openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
            "_rels/.rels": head
            + relation % ("officeDocument", "xl/workbook.xml")
            + "</Relationships>",
            "xl/_rels/workbook.xml.rels": head
            + relation % ("worksheet", "worksheets/sheet1.xml")
            + "</Relationships>",
            "xl/workbook.xml": f'<workbook xmlns="{XLSX_NS}" xmlns:r="{OFFICE}"><sheets>'
            f'<sheet name="{name}" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/worksheets/sheet1.xml": f'{doctype}<worksheet xmlns="{XLSX_NS}"><sheetData>{rows}'
            "</sheetData></worksheet>",
        }
    )


def cell(words: str) -> str:
    """Return a sheet's row of one cell."""
    return f'<row><c t="inlineStr"><is><t>{words}</t></is></c></row>'


def epub(chapter: str | bytes, *, doctype: str = "") -> bytes:
    """Return a book of one chapter."""
    return package(
        {
            "META-INF/container.xml": f"{doctype}<container><rootfiles>"
            '<rootfile full-path="b.opf"/></rootfiles></container>',
            "b.opf": '<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml'
            '+xml"/></manifest><spine><itemref idref="a"/></spine></package>',
            "a.xhtml": chapter,
        }
    )


def odt(body: str, *, doctype: str = "") -> bytes:
    """Return an OpenDocument text."""
    source = (
        f'{doctype}<o:d xmlns:o="o" xmlns:text="t"><o:body><o:text>{body}</o:text></o:body></o:d>'
    )
    return package({"content.xml": source})


def pptx(words: str, *, doctype: str = "") -> bytes:
    """Return a presentation of one slide."""
    ns = f'xmlns:a="a" xmlns:p="p" xmlns:r="{OFFICE}"'
    relation = f'<Relationship Id="r1" Type="{OFFICE}/slide" Target="slides/slide1.xml"/>'
    return package(
        {
            "ppt/presentation.xml": f'<p:presentation {ns}><p:sldIdLst><p:sldId id="1" r:id="r1"/>'
            "</p:sldIdLst></p:presentation>",
            "ppt/_rels/presentation.xml.rels": f"<Relationships>{relation}</Relationships>",
            "ppt/slides/slide1.xml": f"{doctype}<p:sld {ns}><p:cSld><p:spTree><p:sp><p:txBody><a:p>"
            f"<a:r><a:t>{words}</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>",
        }
    )


def in_xml(doctype: str, words: str, *, root: str = "d") -> dict[str, bytes]:
    """Return every format that is XML inside, with that document type and those words."""
    kind = f"<!DOCTYPE {root} [{doctype}]>"
    page = f"<html><body><p>Words here. {words}</p></body></html>"
    drawn = f"<html><body><svg>{kind}<text>{words}</text></svg><p>Text.</p></body></html>"
    return {
        "a.docx": docx(para(f"Words. {words}"), doctype=kind),
        "a.pptx": pptx(f"Words. {words}", doctype=kind),
        "a.xlsx": sheet(cell(f"Words. {words}"), doctype=kind),
        "a.odt": odt(f"<text:p>Words. {words}</text:p>", doctype=kind),
        "a.epub": epub(kind + page),
        "a.html": (kind + page).encode(),
        "b.html": drawn.encode(),
    }


def laughs() -> dict[str, bytes]:
    lines = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return in_xml(f'<!ENTITY l0 "ha">{lines}', "&l9;")


def quadratic() -> dict[str, bytes]:
    return in_xml(f'<!ENTITY a "{"a" * 100_000}">', "&a;" * 20_000)


def external() -> dict[str, bytes]:
    names = '<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY h SYSTEM "http://127.0.0.1:9/x">'
    return in_xml(names, "&f;&h;")


def bomb(size: int) -> dict[str, bytes]:
    blank = " " * size
    return {
        "a.docx": docx(para("Words." + "a" * size)),
        "b.docx": docx(blank + para("Words.")),
        "a.pptx": pptx("a" * size),
        "a.xlsx": sheet(cell("a" * size)),
        "a.odt": odt(f"<text:p>{'a' * size}</text:p>"),
        "a.epub": epub(f"<html><body><p>{'a' * size}</p></body></html>"),
    }


def lying() -> dict[str, bytes]:
    """Return a file whose directory says that a part of 150 MB has ten bytes."""
    data = bytearray(docx(para("a" * 150 * MB)))
    for mark, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        start = data.find(mark)
        data[start + at : start + at + 4] = struct.pack("<I", 10)
    return {"a.docx": bytes(data)}


def overlapping() -> dict[str, bytes]:
    """Return a file with 20,000 directory entries for one compressed kernel of 50 MB."""
    name = b"word/document.xml"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = packer.compress(b" " * 50 * MB) + packer.flush()
    crc = zlib.crc32(b" " * 50 * MB)
    sizes = struct.pack("<IIIHH", crc, len(kernel), 50 * MB, len(name), 0)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + name + kernel
    entry = b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + sizes
    entry += struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    count = 20_000
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(entry) * count, len(local), 0)
    data = local + entry * count + b"PK\x05\x06" + end
    return {f"a.{kind}": data for kind in ("docx", "pptx", "xlsx", "epub", "odt")}


def nested() -> dict[str, bytes]:
    inner = package({"a.txt": b"0" * 100 * MB})
    for _ in range(5):
        inner = package({f"{n}.zip": inner for n in range(16)})
    return {"a.docx": inner, "b.docx": package({WORD: inner})}


def gzips() -> dict[str, bytes]:
    flat = gzip.compress(b"words " * 60 * MB, 9)
    deep = b"Words."
    for _ in range(100):
        deep = gzip.compress(deep)
    return {
        "flat.txt.gz": flat,
        "twice.txt.gz": gzip.compress(flat),
        "thrice.txt.gz.gz.gz": gzip.compress(gzip.compress(flat)),
        "deep.txt.gz": deep,
        "page.html.gz": gzip.compress(b"<html><body>" + b"<p>words</p>" * 4 * MB),
        "many.csv.gz": gzip.compress(b"a,b\n") * 200_000,
    }


def pdf(objects: Mapping[int, str | bytes], *, trailer: str = "") -> bytes:
    """Return a PDF of those objects, the first its catalogue."""
    out, places = b"%PDF-1.4\n", {}
    for number, content in sorted(objects.items()):
        places[number] = len(out)
        body = content if isinstance(content, bytes) else content.encode()
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = "".join(f"{n} 1\n{place:010} 00000 n \n" for n, place in places.items())
    end = f"xref\n0 1\n0000000000 65535 f \n{table}trailer << /Root 1 0 R /Size 99 {trailer} >>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF".encode()


def stream(data: bytes, filters: str) -> bytes:
    """Return a PDF stream object."""
    head = f"<< /Length {len(data)} /Filter {filters} >>\nstream\n".encode()
    return head + data + b"\nendstream"


def page_pdf(content: str | bytes, **extra: str) -> bytes:
    """Return a PDF of one page; `extra` names further keys of the catalogue."""
    keys = " ".join(f"/{key} {value}" for key, value in extra.items())
    return pdf(
        {
            1: f"<< /Type /Catalog /Pages 2 0 R {keys} >>",
            2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources "
            "<< /Font << /F 5 0 R >> /XObject << /X 6 0 R >> >> >>",
            4: content,
            5: "<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>",
            6: stream(b"/X Do /X Do", "[]")[:-10].replace(
                b"/Length",
                b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject "
                b"<< /X 6 0 R >> >> /Length",
            )
            + b"\nendstream",
            7: "<< /First 7 0 R /Last 7 0 R /Next 7 0 R /Prev 7 0 R /Parent 7 0 R /Title (T) >>",
        }
    )


SHOWN = b"BT /F 9 Tf 50 700 Td (Words on a page.) Tj ET "


def pdfs() -> dict[str, bytes]:
    plain = stream(zlib.compress(SHOWN), "/FlateDecode")
    looped = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>",
    }
    claims = {1: looped[1], 2: "<< /Type /Pages /Kids [] /Count 1000000 >>"}
    many = {
        1: looped[1],
        2: f"<< /Type /Pages /Kids [{'3 0 R ' * 9000}] /Count 9000 >>",
        3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    }
    cyclic = page_pdf(plain, Outlines="7 0 R")
    start = cyclic.rindex(b"xref\n0")
    return {
        "outline.pdf": cyclic,
        "form.pdf": page_pdf(stream(SHOWN + b"/X Do ", "[]")),
        "tree.pdf": pdf(looped),
        "xref.pdf": cyclic.replace(b"/Size 99", f"/Prev {start} /Size 99".encode()),
        "claims.pdf": pdf(claims),
        "kids.pdf": pdf(many),
        "nested.pdf": pdf({1: "[" * 200_000}),
        "script.pdf": page_pdf(
            plain,
            OpenAction="<< /S /Launch /F (/bin/sh) /Next << /S /JavaScript /JS (while(1);) >> >>",
        ),
    }


def pdf_bombs() -> dict[str, bytes]:
    once = zlib.compress(SHOWN * 40_000, 9)
    blank = zlib.compress(zlib.compress(b" " * 1_000 * MB, 9), 9)
    return {
        "content.pdf": page_pdf(stream(once, "/FlateDecode")),
        "blank.pdf": page_pdf(stream(blank, "[/FlateDecode /FlateDecode]")),
    }


def deep() -> dict[str, bytes]:
    table = "<w:tbl><w:tr><w:tc>"
    mail = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(2_000)
    )
    forwarded = b"Subject: s\nContent-Type: message/rfc822\n\n" * 5_000
    return {
        "a.html": b"<html><body>" + b"<div>" * 200_000 + b"words",
        "b.html": b"<html><body>" + b"<b><table><tr><td>" * 50_000 + b"words",
        "a.docx": docx(table * 5_000 + para("Words.") + "</w:tc></w:tr></w:tbl>" * 5_000),
        "b.docx": docx(table * 60 + para("Words.") + "</w:tc></w:tr></w:tbl>" * 60),
        "a.json": b"[" * 100_000 + b"]" * 100_000,
        "b.json": b'{"a":' * 900 + b"1" + b"}" * 900,
        "c.jsonl": b"[" * 100_000 + b"\n{}\n",
        "a.rtf": b"{\\rtf1 " + b"{" * 1_000_000 + b"words" + b"}" * 1_000_000,
        "a.eml": b"From: a@b.c\nSubject: s\n" + mail + b"words",
        "b.eml": b"From: a@b.c\n" + forwarded + b"words",
        "a.mbox": b"From a 2014\nFrom: a@b.c\n"
        + mail
        + b"words\n\nFrom b 2014\nSubject: t\n\nWords.\n",
        "a.odt": odt("<text:list>" * 100_000 + "</text:list>" * 100_000),
        "a.epub": epub("<html><body>" + "<div>" * 100_000 + "words" + "</div>" * 100_000),
        "a.md": b"> " * 500_000 + b"words\n",
    }


def long_line(size: int, names: tuple[str, ...]) -> Files:
    unit = {
        "solid": b"abcdefghij",
        "spaced": b"lorem ipsum dolor sit ",
        "prose": b"The council met again on day four. ",
        "blank": b" ",
        "quotes": '“”`"'.encode(),
        "marks": "\u0301\u200d".encode(),
    }

    def made() -> dict[str, bytes]:
        found = {}
        for name in names:
            kind, _, suffix = name.partition(".")
            words = b"Words. " + unit[kind] * (size // len(unit[kind])) + b" end"
            if suffix == "json":
                words = json.dumps({"a": words.decode()}).encode()
            elif suffix == "html":
                words = b"<html><body><p>" + words + b"</p></body></html>"
            elif suffix == "csv":
                words = b"a,b\n1," + words + b"\n"
            elif suffix == "md":
                words = words + b"\n===\n\nBelow."
            found[name] = words
        return found

    return made


def shown() -> dict[str, bytes]:
    filler = "The council of Elmford met again in the old hall and talked about the budget. " * 20
    words = f"Words of {ESCAPES} the mayor of {ESCAPES} Elmford. {filler}\n\n"
    raw = words.encode()
    front = f"---\ntitle: {ESCAPES}\nauthor: {ESCAPES}\n---\n# Mayor {ESCAPES}\n\n"
    head = f"Subject: {ESCAPES}x\nFrom: {ESCAPES}<a@b.c>\n".replace("\r", "").encode()
    return {
        "a.txt": raw * 5,
        "b.txt": b"\xef\xbb\xbf" * 9 + raw * 5,
        "c.txt": words.encode("utf-16"),
        "d.txt": b"Words.\n" + b"\0" * 1_000,
        "e.txt": "Caf\xe9 ".encode("latin-1") * 99 + "Caf\xe9 ".encode() * 99,
        "f.txt": ("e" + "\u0301" * MB).encode(),
        "a.md": (front + words).encode(),
        "a.html": f"<html><head><title>{ESCAPES}T</title></head><body><h1>{ESCAPES}H</h1>"
        f"<p>{words * 9}</p><script>alert(1)</script></body></html>".encode(),
        "a.json": json.dumps({ESCAPES: ESCAPES + "\ud800", "b": words}).encode(),
        "a.csv": f'"Name{ESCAPES}",Post\n=cmd|\'/C calc\'!A0,"{ESCAPES}m"\n{filler},\n'.encode(),
        "a.xlsx": sheet(
            '<row><c><f>DDE("cmd";"/C calc";"a")</f><v>5</v></c></row>' + cell("mayor _x001B_[31m"),
            name="A _x001B_]0;t",
        ),
        "a.eml": head + b"\n" + raw,
        "many.eml": b"From: a@b.c\nSubject: s\nContent-Type: multipart/mixed; boundary=b\n\n"
        + b"".join(
            b'--b\nContent-Disposition: attachment; filename="%d\x1b[31m.txt"\n\nx\n' % n
            for n in range(10_000)
        ),
        "a.rtf": b"{\\rtf1 mayor \\u27?[31m\\'1b[2J \\u8238? of Elmford\\par}",
    }


CASES: dict[str, Files] = {
    "nothing hostile": lambda: {"a.txt": b"Words of the mayor."},
    "zip bomb, one part": lambda: bomb(150 * MB),
    "zip bomb, within the bounds": lambda: bomb(90 * MB),
    "zip that lies about sizes": lying,
    "zip, overlapping parts": overlapping,
    "zips in zips": nested,
    "gzip bombs": gzips,
    "billion laughs": laughs,
    "quadratic blow-up": quadratic,
    "external entities": external,
    "deep nesting": deep,
    "PDF cycles, claims, scripts": pdfs,
    "PDF stream bombs": pdf_bombs,
    "line of 10 MB, text": long_line(10 * MB, ("solid.txt", "spaced.txt", "prose.txt")),
    "line of 10 MB, odd": long_line(10 * MB, ("blank.txt", "quotes.txt", "marks.txt")),
    "line of 10 MB, Markdown": long_line(10 * MB, ("solid.md", "blank.md", "prose.md")),
    "line of 10 MB, data": long_line(
        10 * MB, ("solid.csv", "prose.csv", "solid.json", "prose.json")
    ),
    "line of 10 MB, HTML": long_line(10 * MB, ("solid.html", "prose.html")),
    "line of 60 MB": long_line(60 * MB, ("solid.txt", "spaced.md", "prose.txt")),
    "3 MB of headings": lambda: {"a.md": b"# a\n\nb\n\n" * 375_000},
    "escapes, bidi, formulas, marks": shown,
}


def write(name: str, folder: Path) -> None:
    """Write a case's files into a folder."""
    for file, data in CASES[name]().items():
        (folder / file).write_bytes(data)
