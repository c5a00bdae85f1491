"""`askcorpus verify`: what comes of a stored citation when its file is read again."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from askcorpus import Corpus, Settings
from askcorpus.cli import main
from askcorpus.history import Sessions, Turn
from askcorpus.history.export import exported
from askcorpus.question.query import Query
from askcorpus.records import Answer, Citation, Document, SpanRef
from askcorpus.store.ledger import Ledger
from askcorpus.sync import scope
from askcorpus.verify import originals
from tests.ingest.made import make_docx
from tests.store.kit import copied

if TYPE_CHECKING:
    from pathlib import Path


HARBOUR = "The mayor closed the harbour on Monday because of ice."
FERRIES = "Ferries will sail again on Thursday."
Verified = Callable[..., tuple[int, str]]
SETTINGS = Settings(model="hashing", dense="exact")
TITLE = "Port notice"
LETTER = f"{TITLE}\n\n{HARBOUR}\n\n{FERRIES}\n"


def called(*args: object) -> int:
    """Run the command in this process and return its exit code."""
    with pytest.raises(SystemExit) as left:
        main([str(arg) for arg in args])
    return int(left.value.code or 0)


def cited(root: Path, path: str, quote: str = HARBOUR) -> Citation:
    """Return a citation of a file as it is now; it is taken for plain text."""
    text = LETTER
    if (root / path).is_file() and path.endswith(".txt"):
        text = (root / path).read_text()
    start = text.index(quote)
    line = text.count("\n", 0, start) + 1
    return Citation(1, str(root), path, start, start + len(quote), quote, TITLE, None, line, None)


def answer(*citations: Citation) -> Answer:
    """Return an answer whose first citation is the answer as a whole."""
    first = citations[0]
    return Answer(
        question="who closed the harbour?",
        outcome="answered",
        answer=first.quote,
        sentence=first.quote,
        band="strong",
        spans=(SpanRef(first.n, first.start, first.end),),
        citations=citations,
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Return a folder, its index, built once, and a copy of the folder to begin anew from."""
    scratch = tmp_path_factory.mktemp("verify")
    root = scratch / "home" / "documents"
    (root / "beside").mkdir(parents=True)
    (root / "port.txt").write_text(LETTER)
    # With so many, a few files more or less don't make the vector index be built again.
    for n in range(60):
        (root / "beside" / f"{n}.txt").write_text(f"The weather on day {n} was dull.\n")
    Corpus.build(root, index=scratch / "index", settings=SETTINGS).close()
    shutil.copytree(root, scratch / "copy")
    return root, scratch / "index", scratch / "copy"


@pytest.fixture
def root(built: tuple[Path, Path, Path]) -> Path:
    """Return the folder, as it was indexed."""
    shutil.rmtree(built[0].parent)
    shutil.copytree(built[2], built[0])
    return built[0]


@pytest.fixture
def index(built: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder's index, which is the one in use."""
    monkeypatch.setenv("ASKCORPUS_MODEL", "hashing")
    monkeypatch.setenv("ASKCORPUS_DENSE", "exact")
    monkeypatch.setenv("ASKCORPUS_INDEX", str(tmp_path / "index"))
    copied(built[1], tmp_path / "index")
    return tmp_path / "index"


@pytest.fixture
def verified(index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Verified:
    """Return what verifies an answer with these citations: the exit code, and what is said."""

    def run(*citations: Citation, args: tuple[object, ...] = ()) -> tuple[int, str]:
        file = tmp_path / "answer.json"
        file.write_text(json.dumps(answer(*citations).to_dict()))
        capsys.readouterr()
        code = called("verify", file, *args)
        return code, capsys.readouterr().out

    return run


def keep(index: Path, *answers: Answer) -> int:
    """Keep a conversation with these answers and return its number."""
    with Sessions() as sessions:
        session = sessions.begin(index=index, root=answers[0].citations[0].root)
        for each in answers:
            session.add(Turn(each.question, Query(each.question), each))
    return session.id


def damage(number: int, written: str = "{broken") -> None:
    """Put something else in place of the answer of a conversation's first turn."""
    with Sessions() as sessions:
        db = sqlite3.connect(sessions.path)
    first = "(SELECT min(id) FROM turns WHERE conversation = ?)"
    db.execute(f"UPDATE turns SET answer = ? WHERE id = {first}", (written, number))
    db.commit()
    db.close()


def test_what_was_just_answered_is_ok(
    index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called("query", "--json", "who closed the harbour?") == 0
    (tmp_path / "answer.json").write_text(capsys.readouterr().out)
    assert called("verify", tmp_path / "answer.json") == 0
    assert capsys.readouterr().out == "1 citation: 1 ok.\n"


def test_a_quote_further_down_has_moved(root: Path, verified: Verified) -> None:
    was = cited(root, "port.txt")
    (root / "port.txt").write_text("Corrected.\n\n" + LETTER)
    code, said = verified(was)
    assert code == 1
    assert said.splitlines() == [
        "moved       port.txt:3: now port.txt:5  (answer.json)",
        "1 citation: 1 moved.",
    ]


def test_a_quote_that_moved_within_its_line_is_named_by_its_character(
    root: Path, verified: Verified
) -> None:
    was = cited(root, "port.txt")
    (root / "port.txt").write_text(LETTER.replace(HARBOUR, f"So: {HARBOUR}"))
    assert f": now port.txt:3, character {was.start + 4} " in verified(was)[1]


def test_of_two_places_the_nearer_is_named(root: Path, verified: Verified) -> None:
    was = cited(root, "port.txt", FERRIES)
    (root / "port.txt").write_text(f"{FERRIES}\n\nPort notice\n\n{HARBOUR}!\n\n{FERRIES}\n")
    assert "now port.txt:7 " in verified(was)[1]
    (root / "port.txt").write_text(f"{FERRIES}\n\n{'-' * 40}\n\n{'Long after. ' * 20}\n{FERRIES}\n")
    assert "now port.txt:1 " in verified(was)[1]


def test_a_reworded_sentence_has_changed(root: Path, verified: Verified) -> None:
    was = cited(root, "port.txt")
    (root / "port.txt").write_text(LETTER.replace("Monday", "Tuesday"))
    code, said = verified(was)
    assert code == 1
    assert said.startswith("changed     port.txt:3: the file no longer holds it")


def test_other_white_space_is_a_change_and_said_to_be_one(root: Path, verified: Verified) -> None:
    was = cited(root, "port.txt")
    (root / "port.txt").write_text(LETTER.replace("harbour on", "harbour\non"))
    code, said = verified(was)
    assert code == 1
    assert said.startswith("changed     port.txt:3: the file holds it with other white space")


@pytest.mark.parametrize(("key", "value"), [("line", 99), ("line", None), ("locator", "p. 99")])
def test_a_quote_that_stands_at_another_address_than_is_said_has_moved(
    key: str, value: object, root: Path, verified: Verified
) -> None:
    said = replace(cited(root, "port.txt"), **{key: value})  # type: ignore[arg-type]
    code, text = verified(said, args=("--json",))
    assert code == 1
    finding = json.loads(text)["findings"][0]
    assert (finding["verdict"], finding["now"]["line"]) == ("moved", 3)
    assert finding["now"]["locator"] is None


def test_a_locator_that_the_document_does_not_have_is_named(root: Path, verified: Verified) -> None:
    said = replace(cited(root, "port.txt"), locator="p. 99")
    assert "port.txt:3: now port.txt:3, not in “p. 99”  (" in verified(said)[1]


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("title", "Affidavit", f"titled “{TITLE}”"),
        ("date", "1999-01-01", "without a date"),
    ],
)
def test_a_document_with_another_title_or_date_has_changed(
    key: str, value: str, why: str, root: Path, verified: Verified
) -> None:
    code, said = verified(replace(cited(root, "port.txt"), **{key: value}))  # type: ignore[arg-type]
    assert code == 1
    assert said.startswith(f"changed     port.txt:3: the quote stands there, but the file is {why}")


def test_the_same_quote_said_to_stand_on_another_line_is_looked_at_too(
    root: Path, verified: Verified
) -> None:
    was = cited(root, "port.txt")
    assert verified(was, replace(was, n=2, line=99))[1].endswith("2 citations: 1 ok, 1 moved.\n")


def test_a_quote_below_two_headings_is_ok(
    root: Path, index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # A heading without words is cut into one passage with the next, and names it.
    (root / "port.md").write_text(f"# Ports\n\n## Closures\n\n{HARBOUR}\n")
    (root / "port.txt").unlink()
    Corpus.build(root, index=index, settings=SETTINGS).close()
    capsys.readouterr()
    assert called("query", "--json", "who closed the harbour?") == 0
    (tmp_path / "answer.json").write_text(said := capsys.readouterr().out)
    assert json.loads(said)["citations"][0]["locator"] == "Ports"
    assert called("verify", tmp_path / "answer.json") == 0
    (tmp_path / "answer.json").write_text(said.replace('"Ports"', '"Affidavits"'))
    capsys.readouterr()
    assert called("verify", tmp_path / "answer.json") == 1
    assert "port.md:5: now port.md:5, in “Ports › Closures”  (" in capsys.readouterr().out


def test_a_deleted_file_is_gone(root: Path, verified: Verified) -> None:
    was = cited(root, "port.txt")
    (root / "port.txt").unlink()
    code, said = verified(was)
    assert code == 1
    assert said.startswith("gone        port.txt:3: there is no such file")


def test_a_missing_folder_is_named(root: Path, verified: Verified) -> None:
    was = cited(root, "port.txt")
    root.rename(root.with_name("archive"))
    assert f"there is no folder {root}" in verified(was)[1]


def test_a_renamed_file_is_found_by_the_index(root: Path, index: Path, verified: Verified) -> None:
    was = cited(root, "port.txt")
    (root / "2014").mkdir()
    (root / "port.txt").rename(root / "2014" / "notice.txt")
    assert verified(was)[1].startswith("gone ")
    Corpus.build(root, index=index, settings=SETTINGS).close()
    code, said = verified(was)
    assert code == 1
    assert said.startswith("moved       port.txt:3: now 2014/notice.txt:3  ")
    # The index still has the words, but the file that it read them from doesn't.
    (root / "2014" / "notice.txt").write_text("Nothing of that.\n")
    assert verified(was)[1].startswith("gone ")


def test_the_likeliest_of_several_documents_is_named(
    root: Path, index: Path, verified: Verified
) -> None:
    was = cited(root, "port.txt")
    for place in ("a.txt", "z/port.txt", "z/q/port.txt"):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(LETTER)
    (root / "port.txt").unlink()
    Corpus.build(root, index=index, settings=SETTINGS).close()
    assert "now z/port.txt:3 " in verified(was)[1]


def indexed(directory: Path, folders: list[Path], *texts: str) -> Path:
    """Return an index of folders that holds these texts, as 0.txt, 1.txt and so on of its root."""
    none = np.zeros((0, 8), dtype=np.float32)
    with Ledger.create(directory) as ledger:
        scope.keep(ledger, scope.of(folders))
        for n, text in enumerate(texts):
            ledger.replace(Document(f"{n}.txt", text, "", "", 0, 0), [], none, [])
    return directory


@pytest.mark.parametrize("quote", ["Yes", "no more", "  of ice.\n", "the mayor said", HARBOUR])
def test_each_document_that_holds_a_quote_is_proposed(quote: str, tmp_path: Path) -> None:
    texts = (f"“{quote}”, she wrote.", "Nothing of that.", f"so:{quote}, and then", f"a\n{quote}")
    index = indexed(tmp_path / "index", [tmp_path], *texts)
    holders = originals.holders(index, [quote, "What nobody wrote."])
    assert holders == {
        quote: [(str(tmp_path), f"{n}.txt") for n in (0, 2, 3)],
        "What nobody wrote.": [],
    }


def test_many_lost_quotes_are_looked_for_in_little_more_time_than_one(tmp_path: Path) -> None:
    index = indexed(tmp_path / "index", [tmp_path], *(f"{LETTER}{n}\n" * 5_000 for n in range(2)))
    lost = [f"The mayor closed harbour {n} because of ice." for n in range(3_000)]

    def seconds(quotes: list[str]) -> float:
        began = time.process_time()
        assert not any(originals.holders(index, quotes).values())
        return time.process_time() - began

    # One by one it would be some 40 times as much.
    assert seconds(lost) < 15 * min(seconds(lost[:1]) for _ in range(3))


def test_an_extracted_text_is_read_as_indexing_reads_it(
    root: Path, index: Path, verified: Verified
) -> None:
    def paragraphs(*texts: str) -> bytes:
        return make_docx("".join(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>" for text in texts))

    (root / "port.docx").write_bytes(paragraphs("Port notice", HARBOUR, FERRIES))
    with Corpus.build(root, index=index, settings=SETTINGS) as corpus:
        start = corpus.document("port.docx").text.index(HARBOUR)
    was = replace(cited(root, "port.docx"), start=start, end=start + len(HARBOUR), line=None)
    was = replace(was, title="port")
    assert verified(was) == (0, "1 citation: 1 ok.\n")
    (root / "port.docx").write_bytes(paragraphs("New: port notice", HARBOUR, FERRIES))
    assert f"moved       port.docx: now port.docx, character {start + 5} " in verified(was)[1]
    (root / "port.docx").write_bytes(b"PK\x03\x04 no more")
    assert verified(was)[1].startswith("unreadable  port.docx: ")


def test_a_named_pipe_is_not_opened(root: Path, verified: Verified) -> None:
    was = cited(root, "port.txt")
    (root / "port.txt").unlink()
    os.mkfifo(root / "port.txt")
    assert verified(was)[1].startswith("unreadable  port.txt:3: not a plain file")


def test_a_link_that_leaves_the_folder_is_not_followed(root: Path, verified: Verified) -> None:
    was = cited(root, "port.txt")
    (root / "port.txt").rename(root.parent / "secret.txt")
    (root / "port.txt").symlink_to(root.parent / "secret.txt")
    assert verified(was)[1].startswith("unreadable  port.txt:3: a link that leaves the folder")
    (root / "port.txt").unlink()
    (root / "out").symlink_to(root.parent)
    inner = cited(root, "out/secret.txt")
    assert verified(inner)[1].startswith("unreadable  out/secret.txt:3: a link that leaves")


@pytest.mark.parametrize(
    ("folder", "path"),
    [
        ("{top}/documents", "../secret.txt"),
        ("{top}/documents", "sub/../../secret.txt"),
        ("{top}/documents", "{top}/secret.txt"),
        ("{top}/documents", "port.txt\0"),
        ("{top}/documents", ""),
        ("{top}/documents", ".hidden/secret.txt"),
        ("{top}/documents/..", "secret.txt"),
        ("{top}/documents/../documents", "port.txt"),
        ("{top}", "secret.txt"),
        ("/", "etc/hosts"),
        ("{top}/documents\0", "port.txt"),
        ("documents", "port.txt"),
        ("", "port.txt"),
    ],
)
def test_a_hostile_export_has_nothing_looked_at(
    folder: str, path: str, root: Path, verified: Verified
) -> None:
    for place in (root.parent, root / ".hidden", root):
        place.mkdir(exist_ok=True)
        (place / "secret.txt").write_text(LETTER)
    named, inner = folder.format(top=root.parent), path.format(top=root.parent)
    was = replace(cited(root, "port.txt"), root=named, path=inner)
    code, said = verified(was)
    assert code == 1
    assert said.endswith("1 citation: 1 refused.\n")


def test_between_two_indexed_folders_nothing_is_looked_at(
    tmp_path: Path, verified: Verified
) -> None:
    for name in ("a", "b", "private"):
        (tmp_path / "both" / name).mkdir(parents=True)
        (tmp_path / "both" / name / "port.txt").write_text(LETTER)
    top = tmp_path / "both"
    index = indexed(tmp_path / "two", [top / "a", top / "b"])
    inside, between = cited(top, "a/port.txt"), replace(cited(top, "private/port.txt"), n=2)
    assert verified(inside, between, args=("--index", index))[1].splitlines() == [
        "refused     private/port.txt:3: it is in no folder of the index, "
        "and no kept conversation cites it; see --root  (answer.json)",
        "2 citations: 1 ok, 1 refused.",
    ]


def test_what_a_kept_conversation_cites_may_be_looked_at(
    tmp_path: Path, index: Path, verified: Verified
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "port.txt").write_text(LETTER)
    assert "1 refused" in verified(cited(other, "port.txt"))[1]
    keep(tmp_path / "another-index", answer(cited(other, "port.txt")))
    assert verified(cited(other, "port.txt")) == (0, "1 citation: 1 ok.\n")


def test_what_a_damaged_turn_cites_may_be_looked_at(
    tmp_path: Path, index: Path, verified: Verified
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "port.txt").write_text(LETTER)
    damage(keep(tmp_path / "another-index", answer(cited(other, "port.txt"))))
    assert verified(cited(other, "port.txt")) == (0, "1 citation: 1 ok.\n")


def test_a_history_that_cannot_be_read_is_no_obstacle_to_what_is_indexed(
    root: Path, index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sessions() as sessions:
        sessions.path.parent.mkdir(parents=True, exist_ok=True)
        sessions.path.write_bytes(b"no database" * 100)
    for name, folder in (("known", root), ("unknown", tmp_path)):
        data = answer(replace(cited(root, "port.txt"), root=str(folder))).to_dict()
        (tmp_path / f"{name}.json").write_text(json.dumps(data))
    assert called("verify", tmp_path / "known.json") == 0
    assert capsys.readouterr() == ("1 citation: 1 ok.\n", "")
    assert called("verify", tmp_path / "unknown.json") == 1
    out, err = capsys.readouterr()
    assert out.endswith("1 citation: 1 refused.\n")
    assert "Can't use the history" in err


def test_a_folder_can_stand_in_for_the_one_that_was_indexed(
    root: Path, tmp_path: Path, verified: Verified, capsys: pytest.CaptureFixture[str]
) -> None:
    was = replace(cited(root, "port.txt"), root="/on/another/machine")
    assert verified(was, args=("--root", root)) == (0, "1 citation: 1 ok.\n")
    (root / "port.txt").write_text("Corrected.\n\n" + LETTER)
    assert f"now {root}/port.txt:5 " in verified(was, args=("--root", root))[1]
    assert verified(was, args=("--root", tmp_path / "nowhere"))[0] == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "it is empty"),
        (b"not JSON at all", "it is not JSON (expecting value in line 1)"),
        (b"\xff\xfe\x00", "it is not UTF-8"),
        (b"[" * 200_000, "it is nested too deeply"),
        (b"17", "it holds neither an answer nor a conversation"),
        (b"[]", "it is empty"),
        (b'{"name": "a package"}', "it holds neither an answer nor a conversation"),
        (b'{"version": 2, "citations": []}', "it is of version 2, and 1 is what can be read"),
        (b'{"version": 1, "citations": []}', "not an answer of version 1: 'question'"),
        (b'{"version": 1, "turns": 5}', "its JSON has another shape"),
        (b'{"version": 1, "turns": [{"n": 1}]}', "its JSON has another shape"),
        (b'{"version": 1, "turns": [{"answer": []}]}', "its JSON has another shape"),
    ],
)
def test_another_file_is_one_clear_error(
    content: bytes, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "given.json").write_bytes(content)
    assert called("verify", tmp_path / "given.json") == 2
    message, hint = capsys.readouterr().err.splitlines()
    assert message == f"askcorpus: given.json can't be verified: {why}."
    assert "history export" in hint


@pytest.mark.parametrize(
    ("key", "value"),
    [("path", 3), ("quote", None), ("start", "1"), ("end", True), ("line", "x"), ("start", -1)],
)
def test_a_citation_of_another_shape_is_an_error(
    key: str, value: object, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = answer(cited(root, "port.txt")).to_dict()
    data["citations"][0][key] = value
    (tmp_path / "given.json").write_text(json.dumps(data))
    assert called("verify", tmp_path / "given.json") == 2
    assert "can't be verified: it holds a citation that isn't one" in capsys.readouterr().err


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(1_000_000_000)
    assert called("verify", tmp_path / "large.json") == 2
    assert "is larger than 32 MB" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["missing.json", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_said(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called("verify", f"{tmp_path}/{name}") == 2
    assert "askcorpus: Can't read " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda data: data.update(answer="The mayor resigned."), "the answer given with it"),
        (lambda data: data.update(sentence="The mayor resigned."), "the sentence given with it"),
        (lambda data: data.update(answer=None, spans=[]), "the answer given with it has no place"),
        (
            lambda data: data.update(answer=None, spans=[], sentence=None),
            "the answer given with it has no place",
        ),
        (
            lambda data: data.update(answer="ice", spans=[{"n": 1, "start": 9, "end": 12}]),
            "the answer given with it has its place outside",
        ),
        (lambda data: data["also"].append({"answer": "nobody", "n": 1}), "the answer given with"),
        (lambda data: data["citations"][0].update(end=9999), "its quote isn't as long as its"),
        (lambda data: data["citations"][0].update(quote_sha256="0" * 64), "its quote isn't the"),
    ],
)
def test_an_answer_that_says_more_than_its_quote_is_refused(
    change: Callable[[dict[str, Any]], None],
    why: str,
    root: Path,
    index: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    data = answer(cited(root, "port.txt")).to_dict()
    change(data)
    (tmp_path / "altered.json").write_text(json.dumps(data))
    assert called("verify", tmp_path / "altered.json") == 1
    assert f"refused     port.txt:3: {why}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [{}, {"spans": []}, {"spans": [], "answer": None}, {"spans": [], "outcome": "related"}],
)
def test_an_answer_that_cites_nothing_is_an_error(
    change: dict[str, Any], root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = answer(cited(root, "port.txt")).to_dict()
    (tmp_path / "bare.json").write_text(json.dumps({**data, "citations": [], **change}))
    assert called("verify", tmp_path / "bare.json") == 2
    assert "it holds an answer without a citation" in capsys.readouterr().err


def test_an_answer_with_endless_citations_is_an_error(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many = answer(*(replace(cited(root, "port.txt"), n=n) for n in range(1, 102)))
    (tmp_path / "many.json").write_text(json.dumps(many.to_dict()))
    assert called("verify", tmp_path / "many.json") == 2
    assert "it holds an answer with more than 100 citations" in capsys.readouterr().err


def test_several_answers_may_stand_in_a_file_or_come_by_standard_input(
    root: Path,
    index: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = answer(cited(root, "port.txt")).to_dict()
    second = answer(cited(root, "port.txt", FERRIES)).to_dict()
    lines = f"{json.dumps(first)}\n{json.dumps(second)}\n"
    (tmp_path / "list.json").write_text(json.dumps([first, second]))
    (tmp_path / "lines.jsonl").write_text(lines)
    for name in ("list.json", "lines.jsonl"):
        assert called("verify", tmp_path / name) == 0
        assert capsys.readouterr().out == "2 citations: 2 ok.\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    (root / "port.txt").unlink()
    assert called("verify", "-") == 1
    assert "(standard input, part 2)" in capsys.readouterr().out


def test_the_history_is_verified_conversation_by_conversation(
    root: Path, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    harbour, ferries = (answer(cited(root, "port.txt", q)) for q in (HARBOUR, FERRIES))
    first = keep(index, harbour)
    second = keep(index, ferries, harbour)
    assert called("verify") == 0
    assert capsys.readouterr().out == "2 citations: 2 ok.\n"
    (root / "port.txt").write_text(HARBOUR)
    assert called("verify") == 1
    said = capsys.readouterr().out
    assert f"moved       port.txt:3: now port.txt:1  (conversation {second}, turn 2 and 1" in said
    assert (
        f"changed     port.txt:5: the file no longer holds it  (conversation {second}, turn 1)"
        in said
    )
    assert called("verify", "--conversation", first) == 1
    assert capsys.readouterr().out.endswith("1 citation: 1 moved.\n")
    assert called("verify", "--conversation", 99) == 2


@pytest.mark.parametrize(
    ("written", "shape"),
    [
        ("{broken", {}),
        ("[" * 100_000, {}),
        ("", {"quote": None}),
        ("", {"root": 7}),
    ],
)
def test_a_damaged_turn_of_the_history_is_passed_over_and_said(
    written: str,
    shape: dict[str, Any],
    root: Path,
    index: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    harbour, ferries = (answer(cited(root, "port.txt", q)) for q in (HARBOUR, FERRIES))
    number = keep(index, harbour, ferries)
    data = harbour.to_dict()
    data["citations"][0].update(shape)
    damage(number, written or json.dumps(data))
    assert called("verify") == 1
    out, err = capsys.readouterr()
    assert out == "1 citation: 1 ok.\n"
    assert err.startswith(f"Conversation {number}, turn 1 is damaged")
    assert called("verify", "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], len(report["unread"])) == (False, 1)
    assert report["findings"][0]["sources"] == [f"conversation {number}, turn 2"]


def test_an_exported_conversation_is_verified(
    root: Path, index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = keep(index, answer(cited(root, "port.txt")))
    with Sessions() as sessions:
        text = exported(sessions.conversation(number), "json")
    (tmp_path / "talk.json").write_text(text)
    assert called("verify", tmp_path / "talk.json") == 0
    (root / "port.txt").unlink()
    capsys.readouterr()
    assert called("verify", tmp_path / "talk.json") == 1
    assert "(talk.json, turn 1)" in capsys.readouterr().out


def test_a_kept_conversation_is_looked_up_in_its_own_index(
    root: Path, index: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(index, answer(cited(root, "port.txt")))
    (root / "port.txt").rename(root / "notice.txt")
    Corpus.build(root, index=index, settings=SETTINGS).close()
    assert called("--index", tmp_path / "none", "verify") == 1
    out, err = capsys.readouterr()
    assert "moved       port.txt:3: now notice.txt:3 " in out
    assert err == ""


def test_an_empty_history_has_nothing_to_verify(capsys: pytest.CaptureFixture[str]) -> None:
    assert called("verify") == 0
    assert capsys.readouterr().out == "There is no citation to verify.\n"


def test_the_result_as_json_says_what_and_where(root: Path, verified: Verified) -> None:
    was, fine = cited(root, "port.txt"), replace(cited(root, "port.txt", FERRIES), n=2)
    (root / "port.txt").write_text(LETTER.replace(HARBOUR, "-" * len(HARBOUR)) + HARBOUR)
    code, said = verified(was, fine, args=("--json",))
    assert code == 1
    report = json.loads(said)
    assert report["ok"] is False
    assert {verdict: n for verdict, n in report["counts"].items() if n} == {"ok": 1, "moved": 1}
    first, second = report["findings"]
    assert (first["verdict"], second["verdict"], second["now"]) == ("moved", "ok", None)
    now = first["now"]
    assert (root / now["path"]).read_text()[now["start"] : now["end"]] == HARBOUR
    assert first["sources"] == ["answer.json"]


def test_nothing_shown_can_steer_a_terminal(root: Path, verified: Verified) -> None:
    was = replace(cited(root, "port.txt"), path="\x1b[31mport\u202e.txt", root="\x1b]0;x\x07")
    for args in ((), ("--json",)):
        assert not {"\x1b", "\x07", "\u202e"} & set(verified(was, args=args)[1])


def test_a_shown_conversation_is_verified_in_the_same_way(
    root: Path, index: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = keep(index, answer(cited(root, "port.txt")))
    assert called("history", "show", number, "--verify") == 0
    assert capsys.readouterr().err == "1 citation: 1 ok.\n"
    (root / "port.txt").write_text("Corrected. " + LETTER.replace("Port notice\n", ""))
    assert called("history", "show", number, "--verify") == 1
    assert "moved       port.txt:3: now port.txt:2  " in capsys.readouterr().err


def test_a_quote_from_chosen_fields_is_read_as_it_was_indexed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ASKCORPUS_MODEL", "hashing")
    monkeypatch.setenv("ASKCORPUS_INDEX", str(tmp_path / "index"))
    folder = tmp_path / "documents"
    folder.mkdir()
    record = {"id": 4711, "text": HARBOUR, "url": "https://example.org"}
    (folder / "notices.json").write_text(json.dumps([record, {**record, "text": FERRIES}]))
    assert called("index", folder, "--fields", "text") == 0
    capsys.readouterr()
    assert called("query", "--json", "who closed the harbour?") == 0
    kept = tmp_path / "answer.json"
    kept.write_text(capsys.readouterr().out)
    assert HARBOUR in json.loads(kept.read_text())["citations"][0]["quote"]
    assert called("verify", kept) == 0
