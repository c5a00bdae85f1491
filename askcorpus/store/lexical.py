"""The lexical leg: BM25 over SQLite's FTS5, with Porter stems and without accents."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from askcorpus.ports import Ids
    from askcorpus.sqlite import Database

TABLE = """
CREATE VIRTUAL TABLE passage_text USING fts5(
    title, text, tokenize = 'porter unicode61 remove_diacritics 2'
)
"""

# The stems of the full-text index, each with the number of its passages: a copy, because reading
# them off the index itself takes as long as reading all of it.
VOCABULARY = [
    "CREATE TABLE vocabulary(term TEXT PRIMARY KEY, passages INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE VIRTUAL TABLE passage_terms USING fts5vocab('passage_text', 'row')",
]

COLLECTING = [
    "DELETE FROM vocabulary",
    "INSERT INTO vocabulary SELECT term, doc FROM passage_terms",
]

# As the tokenizer parts words.
_WORD = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")

# The unary plus keeps SQLite from running the whole match once per id.
_AMONG = "AND +rowid IN (SELECT value FROM json_each(?))"


def search(
    db: Database, words: Sequence[str], k: int, *, allowed: Ids | None
) -> list[tuple[int, float]]:
    """Return at most k (passage id, BM25 score above 0), best first; ties break on the id.

    A word in the title or a heading weighs as much as one in the text.
    """
    match = expression(words)
    if not match or k <= 0:
        return []
    among, ids = ("", ()) if allowed is None else (_AMONG, (json.dumps(allowed.tolist()),))
    return db.rows(
        f"""SELECT rowid, -bm25(passage_text) AS score FROM passage_text
            WHERE passage_text MATCH ? {among} ORDER BY score DESC, rowid LIMIT ?""",  # noqa: S608
        (match, *ids, k),
    )


def scores(db: Database, words: Sequence[str], ids: Iterable[int]) -> dict[int, float]:
    """Return the BM25 score of each of the passages; 0 where none of the words stands in it."""
    wanted = [int(number) for number in ids]
    found = dict.fromkeys(wanted, 0.0)
    match = expression(words)
    if match and wanted:
        found |= db.rows(
            f"""SELECT rowid, -bm25(passage_text) FROM passage_text
                WHERE passage_text MATCH ? {_AMONG}""",  # noqa: S608
            (match, json.dumps(wanted)),
        )
    return found


def collect_vocabulary(db: Database) -> None:
    """Copy the index's stems into the vocabulary, in one transaction."""
    with db.writing():
        for statement in COLLECTING:
            db.run(statement)


def terms(db: Database, initial: str) -> list[tuple[str, int]]:
    """Return the stems that begin so, each with the number of its passages, in order."""
    return db.rows(
        "SELECT term, passages FROM vocabulary WHERE term >= ? AND term < ? ORDER BY term",
        (initial, initial + "\U0010ffff"),
    )


def example(db: Database, term: str) -> str:
    """Return the text of the first passage that holds the stem, or ""."""
    sql = "SELECT text FROM passage_text WHERE passage_text MATCH ? ORDER BY rowid LIMIT 1"
    quoted = quote(term)
    return (db.value(sql, (f"text : {quoted}",)) if quoted else None) or ""


def knows(db: Database, word: str) -> bool:
    """Return whether any passage or title holds the word, or another of the same stem."""
    quoted = quote(word)
    sql = "SELECT 1 FROM passage_text WHERE passage_text MATCH ? LIMIT 1"
    return bool(quoted and db.value(sql, (quoted,)))


def holding(db: Database, phrase: str) -> list[int]:
    """Return the passages, by id, ascending, whose text holds these words in this order.

    Whole words, without regard to case and accents: "deal" isn't "deals", but "Hamas" is in
    "Hamas's". The full-text index finds the same stems, the passages' own words decide.
    """
    parts, quoted = _WORD.findall(_folded(phrase)), quote(phrase)
    if not parts or not quoted:
        return []
    whole = re.compile(r"(?<![^\W_])" + r"[\W_]+".join(parts) + r"(?![^\W_])")
    sql = "SELECT rowid, text FROM passage_text WHERE passage_text MATCH ? ORDER BY rowid"
    found = db.rows(sql, (f"text : {quoted}",))
    return [row for row, text in found if whole.search(_folded(text))]


def _folded(text: str) -> str:
    """Return the text case-folded and without accents."""
    plain = text.casefold()
    return plain if plain.isascii() else _ACCENTS.sub("", unicodedata.normalize("NFKD", plain))


def document_frequency(db: Database, words: Iterable[str]) -> dict[str, int]:
    """Return how many passages hold each word, or another word of the same stem."""
    sql = "SELECT count(*) FROM passage_text WHERE passage_text MATCH ?"
    return {
        word: db.value(sql, (f"text : {quoted}",)) if (quoted := quote(word)) else 0
        for word in dict.fromkeys(words)
    }


def expression(words: Iterable[str]) -> str:
    """Return the FTS5 expression for "any of these words", or "" where there is none.

    Each word is an FTS5 string, so that none of it can be syntax (NEAR, AND, *, a column).
    """
    return " OR ".join(dict.fromkeys(filter(None, map(quote, words))))


def quote(word: str) -> str:
    """Return the word as an FTS5 string, or "" where nothing of it can be looked for."""
    clean = word.replace("\0", " ").encode("utf-8", "ignore").decode("utf-8")
    return '"' + clean.replace('"', '""') + '"' if clean.strip() else ""
