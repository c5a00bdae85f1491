"""Files of each format, written by hand, and what is looked at in what is read from them."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from typing import TYPE_CHECKING

import openpyxl

from askcorpus.ingest.extracted import Extracted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Line = tuple[float, float, str, float]
    """Left, baseline, words, size."""

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


STYLES = f"""<w:styles {W}>
<w:style w:styleId="T"><w:name w:val="Title"/></w:style>
<w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="H2"><w:name w:val="heading 2"/></w:style>
<w:style w:styleId="Own"><w:name w:val="House style"/><w:basedOn w:val="H2"/></w:style>
</w:styles>"""


def make_zip(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def relations(**targets: str) -> str:
    rows = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind.rstrip("_0123456789")}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets.items(), start=1)
    )
    return f"<Relationships>{rows}</Relationships>"


def make_docx(body: str, **parts: str) -> bytes:
    return make_zip(
        {
            "_rels/.rels": relations(officeDocument="word/document.xml"),
            "word/_rels/document.xml.rels": relations(
                styles="styles.xml", footnotes="footnotes.xml"
            ),
            "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": STYLES,
            **{f"word/{name}.xml": content for name, content in parts.items()},
        }
    )


def p(words: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{words}</w:t></w:r></w:p>"


WIDTH, HEIGHT, LEADING = 612, 792, 14


def make_pdf(pages: Sequence[Iterable[Line]], *, title: str = "", trailer: str = "") -> bytes:
    """Return a PDF whose pages show lines in Courier (6/10 of the size wide each)."""
    kids = " ".join(f"{10 + 2 * n} 0 R" for n in range(len(pages)))
    objects = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        3: "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
        4: f"<< /Title ({title}) >>",
    }
    for n, lines in enumerate(pages):
        shown = "".join(
            f"BT /F {size} Tf {x} {y} Td ({_escaped(words)}) Tj ET\n" for x, y, words, size in lines
        )
        objects[10 + 2 * n] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {11 + 2 * n}"
            " 0 R /Resources << /Font << /F 3 0 R >> >> >>"
        )
        objects[11 + 2 * n] = f"<< /Length {len(shown)} >>\nstream\n{shown}endstream"
    out, places = "%PDF-1.4\n", {}
    for number, content in sorted(objects.items()):
        places[number] = len(out)
        out += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{n} 1\n{place:010} 00000 n \n" for n, place in places.items())
    start = len(out)
    out += f"xref\n0 1\n0000000000 65535 f \n{table}"
    out += f"trailer << /Root 1 0 R /Info 4 0 R /Size 200 {trailer} >>\nstartxref\n{start}\n%%EOF"
    return out.encode("latin-1")


def _escaped(words: str) -> str:
    return words.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def column(lines: Iterable[str], x: float = 72, y: float = 700, size: float = 10) -> list[Line]:
    """Return lines one below the other."""
    return [(x, y - LEADING * n, words, size) for n, words in enumerate(lines)]


LEFT = [
    "The tunnels were dug over",
    "many years by hand, and no",
    "map of them was ever made",
    "by those who lived there",
    "or by the army in charge.",
]


def make_xlsx(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(list(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def blocks(found: object) -> list[tuple[str, str]]:
    """Return each place with what stands there."""
    assert isinstance(found, Extracted), found
    ends = [place.start for place in found.places[1:]] + [len(found.text)]
    return [
        (place.label, found.text[place.start : end].strip())
        for place, end in zip(found.places, ends, strict=True)
    ]


def make_message(text: str = "", html: str = "", *, subject: str = "The café deal") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ann Smith <ann@example.org>"
    message["To"] = "bob@example.org"
    message["Date"] = "Tue, 01 Jul 2014 23:00:00 +0000"
    message["Subject"] = subject
    if text:
        message.set_content(text, cte="quoted-printable")
    if html:
        (message.add_alternative if text else message.set_content)(html, subtype="html")
    return message


NS = f'xmlns:a="a" xmlns:p="p" xmlns:r="{OFFICE}"'


def shape(words: str, role: str = "") -> str:
    place = f'<p:nvSpPr><p:nvPr><p:ph type="{role}"/></p:nvPr></p:nvSpPr>' if role else ""
    lines = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in words.split("\n"))
    return f"<p:sp>{place}<p:txBody>{lines}</p:txBody></p:sp>"


def slide(*shapes: str, root: str = "sld") -> str:
    tree = f"<p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld>"
    return f"<p:{root} {NS}>{tree}</p:{root}>"


TABLE = """<p:graphicFrame><a:tbl><a:tr><a:tc><a:p><a:r><a:t>Zenith</a:t></a:r></a:p></a:tc>
<a:tc><a:p><a:r><a:t>4 million</a:t></a:r></a:p></a:tc></a:tr></a:tbl></p:graphicFrame>"""


SHOW = make_zip(
    {
        "_rels/.rels": relations(officeDocument="ppt/presentation.xml"),
        "ppt/presentation.xml": f"""<p:presentation {NS}><p:sldIdLst>
<p:sldId id="256" r:id="r2"/><p:sldId id="257" r:id="r1"/></p:sldIdLst></p:presentation>""",
        "ppt/_rels/presentation.xml.rels": relations(
            slide_1="slides/slide1.xml", slide_2="slides/slide2.xml"
        ),
        "ppt/slides/slide1.xml": slide(shape("Payments", "title"), f"<p:grpSp>{TABLE}</p:grpSp>"),
        "ppt/slides/slide2.xml": slide(
            shape("They deny it.\nAll of it."), shape("7", "sldNum"), shape("The deal", "ctrTitle")
        ),
        "ppt/slides/_rels/slide2.xml.rels": relations(notesSlide="../notesSlides/notes1.xml"),
        "ppt/notesSlides/notes1.xml": slide(
            shape("Ask Ann first.", "body"), shape("7", "sldNum"), root="notes"
        ),
    }
)


CONTAINER = '<container><rootfiles><rootfile full-path="OPS/b.opf"/></rootfiles></container>'


BOOK = """<package><metadata xmlns:dc="d"><dc:title>The Tunnels</dc:title>
<dc:creator>Ann Smith</dc:creator></metadata><manifest>
<item id="a" href="one%20.xhtml" media-type="application/xhtml+xml"/>
<item id="b" href="two.xhtml" media-type="application/xhtml+xml"/>
<item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/></manifest>
<spine><itemref idref="n"/><itemref idref="b"/><itemref idref="a"/></spine></package>"""


ONE = """<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Afterword</title></head><body>
<p>They were <b>never</b>
found.</p><script>x()</script><table><tr><td><p>Depth</p></td><td>30 m</td></tr></table></body>
</html>"""


TWO = """<!DOCTYPE html><html><body><h1>Digging</h1><div>First words<p>It took&nbsp;years.</p>last
words</div><ul><li>One</li><li>Two<br>lines</ul></body></html>"""


EPUB = {
    "META-INF/container.xml": CONTAINER,
    "OPS/b.opf": BOOK,
    "OPS/one .xhtml": ONE,
    "OPS/two.xhtml": TWO,
    "OPS/nav.xhtml": ONE,
}


PAGE = """<!DOCTYPE html><html><head><title>The bridge | Daily</title>
<meta name="author" content="Ann Lee">
<meta property="article:published_time" content="2014-07-27T10:00:00Z"></head>
<body><nav><a href="/">Home</a> <a href="/news">News</a></nav><article><h1>The bridge opens</h1>
<p>The <b>mayor</b> opened the bridge on Monday, after four years of work &amp; two floods.<br>
It is four hundred metres long and carries the tram.</p>
<h2>What it <i>cost</i></h2><ul><li>Steel: 3 million</li><li>Stone: 2 million</li></ul>
<p>The council had expected half of that when the work was planned, said the café’s owner.</p>
<table><tr><td>2012</td><td>planned</td></tr><tr><td>2014</td><td>opened</td></tr></table>
</article><footer>Copyright</footer><script>fetch("http://example.org")</script></body></html>"""
