from __future__ import annotations

import json
import os
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import jsonschema
import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from referencing import Registry, Resource

from askcorpus.errors import UnavailableError, UsageError
from askcorpus.history import Conversation, Turn
from askcorpus.history.export import Format, exported, format_of, save
from askcorpus.history.export.markdown import markdown, plain
from askcorpus.history.export.page import page
from askcorpus.question.query import Query
from askcorpus.records import Alternative, Answer, Citation, Note, SpanRef
from askcorpus.text import one_line
from tests.conftest import ROOT

FORMATS = get_args(Format)
HOSTILE = [
    "<script>alert(1)</script><img src=https://evil.example/x.png onerror=alert(1)>",
    "![pixel](https://evil.example/x.png) [click](javascript:alert(1)) <https://evil.example>",
    "https://evil.example www.evil.com evil.com me@evil.com ftp://evil.com x@1.evil.com",
    "[ref]: https://evil.example [[wiki]] &lt;b&gt; `code` $x$ ==y== ~~z~~ | a | b |",
    "# heading", "- item", "1. item", "+ item", "> quote", "---", "===", "***",
    "``` fence", "    code",
    "</style></title></code>\x1b[31mred\x1b[0m \u202egnp.exe\u2069 \u200bhidden \ufffe\uffff \x00",
]  # fmt: skip


def conversation(text: str, *, path: str = "port.txt", root: str = "/documents") -> Conversation:
    """Return a conversation in which everything that others wrote is this text."""
    middle = len(text) // 2
    citation = Citation(1, root, path, 10, 10 + len(text), text, text, text, 3, None)
    answered = Answer(
        question=text,
        outcome="answered",
        answer=text[middle:],
        sentence=text,
        band="fair",
        spans=(SpanRef(1, 10 + middle, 10 + len(text)),),
        citations=(citation,),
        also=(Alternative(text, 1),),
        notes=(Note(text),),
    )
    query = Query(f"really: {text}", (text,), "2014-01-01", "2014-12-31")
    turn = Turn(text, query, answered, "2014-07-27T12:00:00+00:00")
    return Conversation("/index", root, (turn,), id=3)


def tokens(text: str) -> list[Any]:
    """Return Markdown's tokens as the most eager of the usual readers sees them."""
    found = []
    reader = MarkdownIt("gfm-like", {"linkify": True})
    reader.validateLink = lambda _: True  # type: ignore[method-assign, assignment]
    for token in reader.parse(text):
        found += [token, *(token.children or [])]
    return found


def shown(text: str) -> str:
    """Return what a reader of the Markdown sees, without its marks."""
    kinds = {"text", "code_inline", "text_special"}
    return "".join(token.content for token in tokens(text) if token.type in kinds)


marks = st.text("*_`[]()<>!#-+.:/w1a \n", max_size=30)
texts = st.sampled_from(HOSTILE) | st.text(max_size=60) | marks


@given(texts)
def test_plain_markdown_shows_exactly_the_text(text: str) -> None:
    found = tokens(plain(text))
    kinds = {token.type for token in found}
    assert kinds <= {"paragraph_open", "paragraph_close", "inline", "text", "text_special"}
    assert shown(plain(text)) == one_line(text)


@given(texts)
def test_a_document_injects_no_markup_into_markdown(text: str) -> None:
    found = tokens(markdown(conversation(text)))
    links = [token.attrs["href"] for token in found if token.type == "link_open"]
    assert links == ["file:///documents/port.txt"]
    assert not {"image", "html_inline", "html_block", "fence", "code_block"} & {
        t.type for t in found
    }
    headings = [token.tag for token in found if token.type == "heading_open"]
    assert headings == ["h1", "h2"]


def test_markdown_marks_the_answer_and_says_where_the_quote_stands() -> None:
    text = "It was closed by the mayor"
    lines = markdown(conversation(text))
    assert "> It was closed** by the mayor**" not in lines
    assert f"characters 10–{10 + len(text)}" in lines
    assert sha256(text.encode()).hexdigest() in lines
    assert "[`port.txt:3`](<file:///documents/port.txt>)" in lines


def test_the_answer_is_bold_where_markdown_can() -> None:
    assert "> It was **the mayor** \\[1\\]" in markdown(conversation_of("It was the mayor", 7, 16))
    # A quotation mark inside a word's neighbour would leave the asterisks standing.
    assert "> was“the”mayor \\[1\\]" in markdown(conversation_of("was“the”mayor", 3, 8))


def conversation_of(quote: str, start: int, end: int) -> Conversation:
    citation = Citation(1, "/documents", "port.txt", 0, len(quote), quote, "", None, 1, None)
    spans = (SpanRef(1, start, end),)
    found = Answer("who?", "answered", quote[start:end], quote, "strong", spans, (citation,))
    return Conversation("/index", "/documents", (Turn("who?", Query("who?"), found),))


@given(texts)
def test_a_document_injects_no_markup_into_the_page(text: str) -> None:
    tree = lxml.html.document_fromstring(page(conversation(text)))
    tags = {element.tag for element in tree.iter()}
    assert not tags & {"script", "img", "iframe", "link", "object", "form", "b", "svg"}
    assert [a.get("href") for a in tree.iter("a")] == ["file:///documents/port.txt"]
    events = [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    assert events == []
    assert len(list(tree.iter("style"))) == 1


def test_the_page_shows_the_quote_with_the_answer_marked() -> None:
    tree = lxml.html.document_fromstring(page(conversation_of("It was <b>the</b> mayor", 7, 23)))
    quote = tree.find(".//blockquote")
    assert quote.text_content() == "It was <b>the</b> mayor [1]"
    assert [mark.text_content() for mark in quote.iter("mark")] == ["<b>the</b> mayor"]


def test_the_page_allows_its_own_styles_and_nothing_else() -> None:
    tree = lxml.html.document_fromstring(page(conversation("x")))
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    digest = b64encode(sha256(tree.findtext(".//style").encode()).digest()).decode()
    assert policy.split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]
    assert not {"@import", "url("} & set(tree.findtext(".//style").split())


@pytest.mark.parametrize(
    ("name", "form"), [("a.HTM", "html"), ("b.html", "html"), ("c.json", "json"), ("d.txt", "md")]
)
def test_a_files_name_tells_the_format(name: str, form: Format) -> None:
    assert format_of(Path(name)) == form


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("text", HOSTILE)
def test_no_control_or_reordering_character_is_written(form: Any, text: str) -> None:
    written = exported(conversation(text), form)
    assert not {"\x1b", "\u202e", "\u2069", "\u200b", "\x00"} & set(written)


@given(texts)
def test_json_keeps_the_exact_text(text: str) -> None:
    data = json.loads(exported(conversation(text), "json"))
    citation = data["turns"][0]["answer"]["citations"][0]
    assert citation["quote"] == data["turns"][0]["question"] == text
    assert citation["quote_sha256"] == sha256(text.encode()).hexdigest()
    assert (citation["start"], citation["end"]) == (10, 10 + len(text))


def test_json_matches_its_published_schema() -> None:
    schemas = [
        json.loads((ROOT / "docs" / f"{n}-schema.json").read_text()) for n in ("answer", "export")
    ]
    registry = Registry().with_resources((s["$id"], Resource.from_contents(s)) for s in schemas)
    checker = jsonschema.Draft202012Validator(schemas[1], registry=registry)
    data = json.loads(exported(conversation("The mayor."), "json"))
    checker.validate(data)
    del data["turns"][0]["answer"]["citations"][0]["quote_sha256"]
    data["turns"][0]["answer"]["outcome"] = "perhaps"
    assert len(list(checker.iter_errors(data))) == 2


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_conversation_can_be_exported(form: Any) -> None:
    assert exported(Conversation("/index", "/documents"), form).endswith("\n")


def test_a_path_stays_inside_its_link() -> None:
    written = exported(conversation("x", path='a b">)(<i>#?%.txt'), "md")
    href = next(t.attrs["href"] for t in tokens(written) if t.type == "link_open")
    assert href == "file:///documents/a%20b%22%3E%29%28%3Ci%3E%23%3F%25.txt"


def test_there_is_no_link_where_the_folder_is_not_known() -> None:
    tree = lxml.html.document_fromstring(page(conversation("x", root="")))
    assert list(tree.iter("a")) == []


def test_a_file_is_written_for_its_owner_only(tmp_path: Path) -> None:
    save("text\n", tmp_path / "out.md")
    assert (tmp_path / "out.md").read_text() == "text\n"
    assert (tmp_path / "out.md").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["out.md"]


def test_a_file_is_replaced_only_by_force(tmp_path: Path) -> None:
    target = tmp_path / "out.md"
    target.write_text("old")
    with pytest.raises(UsageError, match="is there already") as caught:
        save("new", target)
    assert "--force" in caught.value.hint
    assert target.read_text() == "old"
    save("new", target, force=True)
    assert target.read_text() == "new"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_dangling_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "out.md").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is there already"):
        save("new", tmp_path / "out.md")
    assert not (tmp_path / "elsewhere").exists()


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is a directory"):
        save("text", tmp_path)
    with pytest.raises(UnavailableError, match="no such file or directory"):
        save("text", tmp_path / "nowhere" / "out.md")
    assert os.listdir(tmp_path) == []  # noqa: PTH208
