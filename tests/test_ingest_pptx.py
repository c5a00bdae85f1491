"""Presentations, written by hand: slides in their order, each a place."""

from __future__ import annotations

from askcorpus.ingest.extracted import Extracted
from askcorpus.ingest.formats.pptx import parse
from tests.test_ingest_docx import OFFICE, make_zip, relations

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


def test_slides_come_as_they_are_shown_with_title_table_and_notes() -> None:
    found = parse(SHOW)
    assert isinstance(found, Extracted)
    assert found.text.split("\n\n") == [
        *("The deal", "They deny it.", "All of it.", "Ask Ann first."),
        *("Payments", "Zenith | 4 million"),
    ]
    assert [found.text[h.start : h.end] for h in found.headings] == ["The deal", "Payments"]


def test_each_slide_and_its_notes_are_places() -> None:
    found = parse(SHOW)
    assert isinstance(found, Extracted)
    assert [(place.label, found.text[place.start :][:7]) for place in found.places] == [
        ("slide 1", "The dea"),
        ("slide 1, notes", "Ask Ann"),
        ("slide 2", "Payment"),
    ]
