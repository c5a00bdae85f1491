"""A conversation's rows in the history's tables: how they are written, read and forgotten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from askcorpus.history.turns import filters, holding, leans, same_file, sources, storable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from askcorpus.history.turns import Turn
    from askcorpus.sqlite import Database


def insert_conversation(db: Database, directory: str, root: str) -> int:
    """Add a conversation and return its number."""
    sql = "INSERT INTO conversations(directory, root) VALUES (?, ?)"
    return db.run(sql, (directory, root))


def insert_turn(db: Database, number: int, turn: Turn, root: str) -> None:
    """Add a turn to a conversation, with the documents whose words it holds and its full text."""
    answer = turn.answer
    question, understood = storable(turn.question), storable(turn.query.text)
    # JSON in ASCII holds any string that Python can.
    narrowed, kept = json.dumps(filters(turn.query)), json.dumps(answer.to_dict())
    row = db.run(
        """INSERT INTO turns(conversation, asked, question, understood, filters, answer)
        VALUES (?, ?, ?, ?, ?, ?)""",
        (number, turn.asked, question, understood, narrowed, kept),
    )
    for place in sources(turn, root):
        db.run("INSERT INTO sources(turn, root, path) VALUES (?, ?, ?)", (row, *place))
    asked = f"{question}\n{understood}" if leans(question, understood) else question
    quotes = "\n".join(citation.quote for citation in answer.citations)
    documents = "\n".join(f"{citation.title}\n{citation.path}" for citation in answer.citations)
    db.run(
        "INSERT INTO words(rowid, question, answer, quotes, documents) VALUES (?, ?, ?, ?, ?)",
        (row, asked, *map(storable, (answer.answer or "", quotes, documents))),
    )


def forget(db: Database, root: str, paths: Sequence[str]) -> int:
    """Delete every turn that holds words of these documents; return how many.

    Nothing of an answer is read for that: one that is damaged is no obstacle.
    """
    rows = db.rows(
        """SELECT DISTINCT s.root, s.path, t.conversation
        FROM sources s JOIN turns t ON t.id = s.turn"""
    )
    files = {f"{root.rstrip('/')}/{path}": path for path in paths}
    touched = set()
    for other_root, other_path, number in rows:
        if other_root:
            found = [files.get(f"{other_root.rstrip('/')}/{other_path}")]
        else:
            found = [path for path in paths if same_file(root, path, "", other_path)]
        touched |= {(number, path) for path in found if path is not None}
    return sum(_forget(db, number, root, path) for number, path in sorted(touched))


def _forget(db: Database, number: int, root: str, path: str) -> int:
    rows = db.rows(
        "SELECT id, question, understood FROM turns WHERE conversation = ? ORDER BY id", (number,)
    )
    places = [set(db.rows("SELECT root, path FROM sources WHERE turn = ?", r[:1])) for r in rows]
    leaning = [leans(question, understood) for _, question, understood in rows]
    gone = holding(zip(places, leaning, strict=True), root, path)
    db.run_many("DELETE FROM turns WHERE id = ?", [rows[at][:1] for at in gone])
    if len(gone) == len(rows):
        db.run("DELETE FROM conversations WHERE id = ?", (number,))
    return len(gone)
