"""Word files, written by hand: what counts as text, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from askcorpus.ingest.extracted import Extracted, RefusedError
from askcorpus.ingest.formats.docx import parse
from tests.ingest.made import W, make_docx, make_zip, p

if TYPE_CHECKING:
    from pathlib import Path


def read(body: str, **parts: str) -> Extracted:
    found = parse(make_docx(body, **parts))
    assert isinstance(found, Extracted), found
    return found


def test_paragraphs_are_blocks_and_styles_make_headings() -> None:
    found = read(p("Report", "T") + p("Means", "H1") + p("Money", "Own") + p("Zenith paid."))
    assert found.text == "Report\n\nMeans\n\nMoney\n\nZenith paid."
    heads = [(found.text[h.start : h.end], h.level) for h in found.headings]
    assert heads == [("Report", 1), ("Means", 1), ("Money", 2)]
    assert found.title == "Report"


def test_what_was_deleted_is_out_and_what_was_inserted_is_in() -> None:
    body = """<w:p><w:r><w:t xml:space="preserve">They paid </w:t></w:r>
<w:del><w:r><w:delText>one</w:delText></w:r></w:del><w:ins><w:r><w:t>two</w:t></w:r></w:ins>
<w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>
<w:r><w:t xml:space="preserve"> million.</w:t></w:r></w:p>"""
    assert read(body).text == "They paid two million."


def test_comments_and_field_codes_are_out() -> None:
    body = """<w:p><w:commentRangeStart w:id="0"/><w:r><w:t>Seen.</w:t></w:r>
<w:r><w:instrText>HYPERLINK "x"</w:instrText></w:r><w:r><w:commentReference w:id="0"/></w:r>
</w:p>"""
    assert read(body, comments=f"<w:comments {W}>{p('No!')}</w:comments>").text == "Seen."


def test_a_row_of_a_table_is_a_line() -> None:
    cells = [["Name", "Paid"], ["Zenith", "4 million"]]
    rows = "".join(
        "<w:tr>" + "".join(f"<w:tc>{p(cell)}</w:tc>" for cell in row) + "</w:tr>" for row in cells
    )
    deleted = f"<w:tr><w:trPr><w:del/></w:trPr><w:tc>{p('gone')}</w:tc></w:tr>"
    found = read(f"{p('Before.')}<w:tbl>{rows}{deleted}</w:tbl>")
    assert found.text == "Before.\n\nName | Paid\n\nZenith | 4 million"


def test_a_footnote_follows_the_paragraph_that_refers_to_it() -> None:
    body = '<w:p><w:r><w:t>Denied.</w:t><w:footnoteReference w:id="7"/></w:r></w:p>' + p("Next.")
    notes = f'<w:footnotes {W}><w:footnote w:id="7">{p("By letter.")}</w:footnote></w:footnotes>'
    assert read(body, footnotes=notes).text == "Denied.\n\n1 By letter.\n\nNext."


def test_a_text_box_is_read_once() -> None:
    box = f"<w:txbxContent>{p('In a box.')}</w:txbxContent>"
    both = f"<AlternateContent><Choice>{box}</Choice><Fallback>{box}</Fallback></AlternateContent>"
    assert read(f"<w:p><w:r>{both}<w:t>Beside.</w:t></w:r></w:p>").text == "Beside.\n\nIn a box."


def refused(data: bytes) -> str:
    with pytest.raises(RefusedError) as caught:
        parse(data)
    return caught.value.unreadable.reason


def test_a_part_that_unpacks_to_too_much_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("askcorpus.ingest.formats.package.MAX_PART_BYTES", 1_000_000)
    assert "unpacks to more than 1 MB" in refused(make_docx(p("a" * 1_100_000)))


def with_entities(entities: str, words: str) -> bytes:
    body = f"<w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body>"
    source = f"<!DOCTYPE d [{entities}]><w:document {W}>{body}</w:document>"
    return make_zip({"word/document.xml": source})


def test_a_file_that_an_entity_names_is_never_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    found = parse(with_entities(f'<!ENTITY e SYSTEM "{tmp_path}/secret">', "So: &e;"))
    assert isinstance(found, Extracted)
    assert found.text == "So:"


def test_entities_that_multiply_are_refused() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    assert "damaged" in refused(with_entities(f'<!ENTITY l0 "ha">{laughs}', "So: &l9;"))


def test_elements_nested_without_end_are_refused() -> None:
    deep = "<w:ins>" * 5_000 + "</w:ins>" * 5_000
    assert "damaged" in refused(make_docx(deep))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"nothing of the kind", "damaged or something else"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "needs a password"),
        (make_zip({"a.txt": "a"}), "document.xml is missing"),
    ],
)
def test_what_is_no_word_file_is_refused(data: bytes, reason: str) -> None:
    assert reason in refused(data)


def test_a_level_that_is_no_number_of_ours_is_none() -> None:
    level = '<w:pPr><w:outlineLvl w:val="²"/></w:pPr>'
    found = read(f"<w:p>{level}<w:r><w:t>The port is shut.</w:t></w:r></w:p>")
    assert (found.text, found.headings) == ("The port is shut.", ())


def test_offsets_that_lead_before_the_file_are_damage() -> None:
    data = bytearray(make_docx(p("Shut.")))
    data[-6:-2] = b"\xff\xff\xff\x7f"  # where the directory starts
    assert "damaged" in refused(bytes(data))
