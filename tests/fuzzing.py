"""Properties that hold for any input whatever, by seam; `test_fuzz` tries few, a benchmark many."""

from __future__ import annotations

import gzip
import itertools
import json
import re
import signal
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from askcorpus import render
from askcorpus.chunk import chunk, count_tokens
from askcorpus.errors import AskcorpusError
from askcorpus.ingest.decode import decode
from askcorpus.ingest.extracted import Extracted, RefusedError, Unreadable, bounded
from askcorpus.ingest.formats import PARSERS, parser
from askcorpus.ingest.sandbox import wire
from askcorpus.question import filters
from askcorpus.question.checks import checked
from askcorpus.question.spelling import correct
from askcorpus.question.understand import understand
from askcorpus.records import (
    Alternative,
    Answer,
    Boilerplate,
    Citation,
    Document,
    Heading,
    Hit,
    Note,
    Passage,
    Place,
    SpanRef,
    Status,
)
from tests.ingest.made import (
    EPUB,
    LEFT,
    PAGE,
    SHOW,
    column,
    make_docx,
    make_message,
    make_pdf,
    make_xlsx,
    make_zip,
    p,
)
from tests.ingest.made_msg import LETTER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from askcorpus.store.ledger import Ledger

SECONDS = 10
"""No small input may take longer."""
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
PAGE_TEXT = (
    "# The deal\n\nDenied.\n\n---\n\nBy Ann Smith\nJuly 1, 2014\n\nThe mayor — “no” — said.\n"
)
LETTERS = make_message("Zenith paid.", "<html><body><p>They deny it.</p></body></html>").as_bytes()
SAMPLES: dict[str, Sequence[bytes]] = {
    ".txt": [PAGE_TEXT.encode(), "Le général déjeunait.\r\n".encode("latin-1") * 9],
    ".md": [
        f"---\ntitle: x\ndate: 2014-07-01\n---\n{PAGE_TEXT}\nUnder\n===\n```\na\n```\n".encode()
    ],
    ".html": [PAGE.encode()],
    ".pdf": [make_pdf([column(LEFT), column(["The harbour bridge."])], title="Harbour news")],
    ".docx": [make_docx(p("News", "H1") + p("Rain.") + "<w:tbl><w:tr><w:tc/></w:tr></w:tbl>")],
    ".pptx": [SHOW],
    ".xlsx": [make_xlsx({"Wages": [["Name", "Post"], ["Ivan", 3.5], [None, True]]})],
    ".csv": [b'Name,Post\n"Olga, R.",beekeeper\n3,"4\n5"\n'],
    ".tsv": [b"Name\tPost\nOlga\tbeekeeper\n"],
    ".eml": [LETTERS],
    ".mbox": [b"From a 2014\n" + LETTERS + b"\n\nFrom b Tue 2014\n" + LETTERS],
    ".msg": [LETTER],
    ".epub": [make_zip(EPUB)],
    ".odt": [make_zip({"content.xml": '<d xmlns:t="t"><body><t:h>A</t:h><t:p>B</t:p></body></d>'})],
    ".rtf": [rb"{\rtf1\ansi{\b Bold}\par caf\'e9 \u8212? dash\par a\cell b\cell\row}"],
    ".json": [json.dumps([{"a": {"b": [1, "x" * 400]}, "c": None}, ["d"]]).encode()],
    ".jsonl": [b'{"a": 1}\n["b"]\n'],
}
ALIASES = {".text": ".txt", ".markdown": ".md", ".htm": ".html", ".ndjson": ".jsonl"}
assert {*SAMPLES, *ALIASES} == {*PARSERS}, "a format without a sample"

# Inputs.

ODD = st.sampled_from(
    "\u0301 \u200d \ufeff \x00 \x1b[31m \x9b \u202e \ud800 \U0001f600 \r \r\n \n\n “ ” \" ' ` ( ) "
    'file: after:2014 before:x -" - * NEAR AND ^ : { } # === --- ``` \u2028 \xa0 \x0b \x1c '
    "ﷺ 각 ß İ".split(" ")
)
any_text = st.lists(
    st.one_of(ODD, st.text(max_size=20), st.sampled_from("the who Iran a.".split()))
)
any_string = any_text.map(" ".join) | any_text.map("".join)
text_alone = any_string.map(lambda text: FORBIDDEN.sub("", text))


@st.composite
def mutated(draw: st.DrawFn, samples: Sequence[bytes]) -> bytes:
    """Return a sample with bytes flipped, cut, doubled, put in or exchanged with another place."""
    data = bytearray(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        size = draw(st.integers(1, 40))
        match draw(st.integers(0, 6)):
            case 0 if data:
                data[at] ^= 1 << draw(st.integers(0, 7))
            case 1:
                del data[at:]
            case 2:
                del data[at : at + size]
            case 3:
                data[at:at] = draw(st.binary(min_size=1, max_size=8))
            case 4:
                data[at:at] = data[at : at + size] * draw(st.integers(1, 50))
            case 5:
                other = draw(st.integers(0, max(0, len(data) - 1)))
                data[at : at + size] = data[other : other + size]
            case 6:
                data[at : at + 4] = draw(
                    st.sampled_from([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"])
                )
    return bytes(data)


@st.composite
def repacked(draw: st.DrawFn, sample: bytes) -> bytes:
    """Return a zip file of which one part is changed, so that it is still unpacked."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(sample)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    chosen = draw(st.sampled_from(sorted(parts)))
    return make_zip({**parts, chosen: draw(mutated([parts[chosen]]))})


def inputs(suffix: str) -> st.SearchStrategy[bytes]:
    """Return what is tried on a format's parser."""
    samples = SAMPLES[suffix]
    zipped = [repacked(sample) for sample in samples if sample.startswith(b"PK")]
    return st.one_of(
        *zipped, *zipped, mutated(samples), st.binary(max_size=200), any_string.map(_raw)
    )


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Return any document that fulfils the invariants."""
    text = draw(text_alone)
    ends = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    pieces = [(a, b) for a, b in itertools.pairwise(ends) if text[a:b].strip()]
    kinds = [draw(st.integers(0, 2)) for _ in pieces]
    chosen = list(zip(pieces, kinds, strict=True))
    return Document(
        path="a.txt",
        text=text,
        title=draw(text_alone),
        sha256="",
        size=0,
        mtime_ns=0,
        headings=tuple(Heading(a, b, draw(st.integers(1, 6))) for (a, b), k in chosen if k == 0),
        boilerplate=tuple(Boilerplate(a, b, "x") for (a, b), k in chosen if k == 1),
    )


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    """Return an answer, its offsets anyhow."""
    text, number = any_string, st.integers(-3, 60)
    citation = st.builds(
        Citation, n=st.integers(1, 3), root=text, path=text, start=number, end=number, quote=text,
        title=text, date=st.none() | text, line=st.none() | number, locator=st.none() | text,
    )  # fmt: skip
    passage = st.builds(Passage, path=text, start=number, end=number, text=text, line=number)
    hit = st.builds(Hit, passage, st.floats(0, 1), number)
    outcome = draw(st.sampled_from(["answered", "related", "none"]))
    said = text if outcome == "answered" else st.none()
    return draw(
        st.builds(
            Answer,
            question=text,
            outcome=st.just(outcome),
            answer=said,
            sentence=said,
            spans=st.lists(st.builds(SpanRef, st.integers(1, 3), number, number), max_size=3).map(
                tuple
            ),
            citations=st.lists(citation, max_size=3).map(tuple),
            also=st.lists(st.builds(Alternative, text, number), max_size=2).map(tuple),
            passages=st.lists(hit, max_size=2).map(tuple),
            notes=st.lists(text.map(Note), max_size=2).map(tuple),
        )
    )


@cache
def _good_lines() -> list[bytes]:
    found = Extracted(
        "Head\n\nbody", "T", headings=(Heading(0, 4, 1),), boilerplate=(Boilerplate(6, 8, "x"),),
        places=(Place(0, "p. 1"),), extracted=True,
    )  # fmt: skip
    return [wire.dumps(found), wire.dumps(Unreadable("it is damaged", failed=True))]


def lines() -> st.SearchStrategy[bytes]:
    """Return what a child process could answer."""
    value = st.recursive(
        st.none() | st.booleans() | st.integers(-5, 20) | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=6,
    )
    keys = "text title date byline headings boilerplate places extracted reason failed".split()
    objects = st.dictionaries(st.sampled_from(keys), value).map(
        lambda said: {**json.loads(_good_lines()[0]), **said}
    )
    return (
        mutated(_good_lines())
        | st.binary(max_size=60)
        | objects.map(lambda o: json.dumps(o).encode())
    )


# Properties.


def parses(suffix: str, data: bytes) -> None:
    """A parser gives a document that can be cited, or a reason."""
    with limited():
        try:
            found = bounded(parser(f"a{suffix}")(data))
        except RefusedError as exc:
            found = exc.unreadable
        except (RecursionError, MemoryError):
            return  # the child process says that it nests too deeply, or takes too much
        if isinstance(found, Unreadable):
            reasoned(found)
            return
        found = wire.loads(wire.dumps(found))
    assert isinstance(found, Extracted)
    sound(found)
    known = {name: getattr(found, name) for name in ("text", "boilerplate", "headings", "places")}
    is_chunked(Document("a", sha256="", size=0, mtime_ns=0, title=found.title or "", **known), 150)


def unpacks(data: bytes) -> None:
    """What is packed, or says that it is, gives a document or a reason."""
    with limited():
        for packed in (data, gzip.compress(data)):
            try:
                parser("a.txt.gz")(packed)
            except RefusedError as exc:
                reasoned(exc.unreadable)


def reasoned(found: Unreadable) -> None:
    """A reason is one line that a terminal can show."""
    assert found.reason
    assert not CONTROLS.search(found.reason)


def sound(found: Extracted) -> None:
    """Every range lies in the text, in order; nothing is in it that can't be stored."""
    size = len(found.text)
    assert found.text.strip()
    for text in (found.text, found.title or "", found.byline or "", found.date or ""):
        assert not FORBIDDEN.search(text)
    assert found.title is None or len(found.title) <= 300
    for ranges in (found.headings, found.boilerplate):
        pairs = [(mark.start, mark.end) for mark in ranges]
        assert pairs == sorted(pairs)
        assert all(0 <= low < high <= size for low, high in pairs)
        assert all(one[1] <= two[0] for one, two in itertools.pairwise(pairs))
    starts = [place.start for place in found.places]
    assert starts == sorted(starts)
    assert all(0 <= start <= size for start in starts)


def decodes(data: bytes) -> None:
    """Bytes become text that can be stored, or a reason; what is UTF-8 stays to the letter."""
    with limited():
        found = decode(data)
    if isinstance(found, Unreadable):
        reasoned(found)
        return
    assert not FORBIDDEN.search(found)
    if data.isascii():
        assert found.encode() == data


def is_chunked(document: Document, max_tokens: int) -> None:
    """Passages are slices, in order and short enough, and hold all that isn't boilerplate."""
    text = document.text
    with limited():
        passages = chunk(document, max_tokens=max_tokens, overlap=1)
        halved = chunk(
            document,
            max_tokens=max_tokens,
            overlap=1,
            fits=lambda texts: [count_tokens(each) <= max_tokens for each in texts],
        )
    for found in (passages, halved):
        assert all(text[each.start : each.end] == each.text for each in found)
        assert all(count_tokens(p.text) <= max_tokens or len(p.text) == 1 for p in found)
        assert [p.start for p in found] == sorted(p.start for p in found)
        # In differences, for a set of all characters would be slow.
        edges = [0] * (len(text) + 1)
        for passage in found:
            edges[passage.start] += 1
            edges[passage.end] -= 1
        for mark in document.boilerplate:
            edges[mark.start] += 1
            edges[mark.end] -= 1
        depth = itertools.accumulate(edges[:-1])
        assert all(held or char.isspace() for held, char in zip(depth, text, strict=True))


def is_asked(line: str, earlier: str, ledger: Ledger) -> None:
    """A typed line is a question over the index, or the user's error in a sentence."""
    with limited():
        try:
            said = Answer(earlier, "answered", earlier[:20], earlier)
            found = understand(line, [said])
            assert not CONTROLS.search(filters.described(found))
            assert found.understood
            assert all(line[c.start : c.end] == c.text for c in found.understood.chips)
            query = checked(found, root="/r")
            text, _ = correct(query.text, ledger)
            allowed, _ = ledger.select(query)
            words = text.split()
            ledger.lexical(words, 5, allowed=allowed)
            ledger.document_frequency(words)
        except AskcorpusError as exc:
            polite(exc)
        filters.complete(line, len(line) // 2, ["a/b.txt", earlier])


def polite(error: AskcorpusError) -> None:
    """An error is one line that a terminal can show."""
    assert error.message
    assert "\n" not in error.message
    assert not CONTROLS.search(error.message + error.hint)


def is_rendered(answer: Answer, document: Document) -> None:
    """Nothing that is shown holds a control character but newline and tab."""
    text = answer.question
    status = Status(text, text, (text,), text, text, 1, 1, False, "exact", ((text, text),), 0, text)  # noqa: FBT003
    shown = [
        render.answer_text(answer, render.Style(), explain=True),
        render.document_text(document, render.Style(), around=2),
        render.boilerplate_text(document),
        render.status_text(status),
        render.json_text(answer.to_dict(), indent=1),
    ]
    for each in shown:
        assert not CONTROLS.search(each), ascii(CONTROLS.search(each))
    read = json.loads(shown[-1])
    assert read["question"] == answer.question


def is_read_from_child(line: bytes) -> None:
    """A line from the child process is an answer that can be relied on, or refused."""
    try:
        found = wire.loads(line)
    except (ValueError, KeyError, TypeError):
        return
    if isinstance(found, Extracted):
        if found.text.strip():
            sound(replace(found, title=(found.title or "")[:300]))
        is_chunked(Document("a", found.text, "", "", 0, 0, headings=found.headings), 50)


class TooLongError(BaseException):
    """No `except Exception` on the way may take it for a parser's own error."""


@contextmanager
def limited() -> Iterator[None]:
    """Fail what takes longer than `SECONDS`."""

    def late(*_: object) -> None:
        raise TooLongError(f"it took longer than {SECONDS} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def seams(
    ledger: Ledger,
) -> dict[str, tuple[Callable[..., None], dict[str, st.SearchStrategy[object]]]]:
    """Return each seam's property and its inputs, by name."""

    def parsing(suffix: str) -> Callable[..., None]:
        return lambda data: parses(suffix, data)

    return {
        **{f"parser {suffix}": (parsing(suffix), {"data": inputs(suffix)}) for suffix in SAMPLES},
        "parser .gz": (unpacks, {"data": mutated([gzip.compress(b"Words.")])}),
        "decode": (decodes, {"data": inputs(".txt")}),
        "chunk": (is_chunked, {"document": documents(), "max_tokens": st.integers(2, 60)}),
        "question": (
            lambda line, earlier: is_asked(line, earlier, ledger),
            {"line": any_string, "earlier": any_string},
        ),
        "render": (is_rendered, {"answer": answers(), "document": documents()}),
        "wire": (is_read_from_child, {"line": lines()}),
    }
