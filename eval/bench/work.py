"""Work per question, counted: what a busy machine doesn't change.

python -m eval.bench.work [--questions N] [--out FILE]

Asks questions of the gold, spread evenly over it, in one process that is warm, and counts the
calls of some functions and the SQL statements. Beside the calls stands how many of them were
given a text that no other call for the same question was: the rest is work done twice. What is
kept of the passages from one question to the next is dropped before each.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import json
import sqlite3
import sys
import tempfile
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, Any

from askcorpus import Corpus, Settings
from askcorpus.language.taken import sentence_ranges, sentence_stems
from eval.bench.machine import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# What is counted, and where it is defined: the names to change where a function moves.
COUNTED = {
    "segmentation: sentences": ["askcorpus.language.sentences:sentences"],
    "words: words": ["askcorpus.language.words:words"],
    "words: content_words": ["askcorpus.language.words:content_words"],
    "words: stems": ["askcorpus.language.words:stems"],
    "words: stem": ["askcorpus.language.words:stem"],
    # `analyse` keeps its results; this is called whenever it hasn't got one.
    "question: analyse": ["askcorpus.question.kind:_kind"],
    "tokenizer: encodes": [
        "askcorpus.onnx:Tokenizer.count",
        "askcorpus.onnx:Tokenizer.encode",
        "askcorpus.onnx:Tokenizer.located",
        "askcorpus.onnx:Tokenizer.joined",
    ],
    "models: runs": ["askcorpus.onnx:Session.run"],
}
# What is kept from one question to the next.
KEPT = (sentence_ranges, sentence_stems)
SQL = "sqlite3: statements"
PACKAGE = "askcorpus"

EVAL = Path(__file__).resolve().parents[1]
Calls = dict[str, list[object]]
Figures = dict[str, dict[str, float]]


def main() -> None:
    """Print the table, and write it as JSON where that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=50)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    gold = (EVAL / "gold" / "seeds.jsonl").read_text(encoding="utf-8").splitlines()
    step = max(1, len(gold) // args.questions)
    questions = [json.loads(line)["question"] for line in gold[::step][: args.questions]]
    found = measured(questions)
    print(f"{describe()}\n{len(questions)} questions\n")
    print(f"{'':<26}calls: mean   most   distinct: mean   most")
    for name, row in found.items():
        print(
            f"{name:<26}{row['mean']:>11.2f}{row['most']:>7}"
            f"{row['distinct_mean']:>17.2f}{row['distinct_most']:>7}"
        )
    if args.out:
        said = {"questions": len(questions), "per_question": found}
        args.out.write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def measured(questions: Sequence[str]) -> Figures:
    """Return, for each thing that is counted, its calls a question and the distinct ones."""
    calls: Calls = {name: [] for name in (*COUNTED, SQL)}
    rows: dict[str, list[tuple[int, int]]] = {name: [] for name in calls}
    trace_statements(calls[SQL])
    with tempfile.TemporaryDirectory() as index:
        Corpus.build(EVAL.parent / "seeds", index=index, settings=Settings()).close()
        with Corpus.open(index, settings=Settings()) as corpus:
            corpus.warm()
            for question in questions[:2]:  # what is loaded when it is first needed is there then
                corpus.ask(question)
            for name, places in COUNTED.items():
                for place in places:
                    count(place, calls[name])
            for question in questions:
                for made in calls.values():
                    made.clear()
                for kept in KEPT:
                    kept.cache_clear()
                corpus.ask(question)
                for name, made in calls.items():
                    rows[name].append((len(made), len(set(made))))
    return {
        name: {
            "mean": round(mean(made for made, _ in counts), 3),
            "most": max(made for made, _ in counts),
            "distinct_mean": round(mean(distinct for _, distinct in counts), 3),
            "distinct_most": max(distinct for _, distinct in counts),
        }
        for name, counts in rows.items()
    }


def trace_statements(made: list[object]) -> None:
    """Write down every SQL statement of the connections that are opened from now on."""
    connect = sqlite3.connect

    def note(statement: str) -> None:
        if not statement.startswith("--"):  # what SQLite runs inside another one
            made.append(statement)

    @functools.wraps(connect)
    def traced(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **kwargs)
        connection.set_trace_callback(note)
        return connection

    sqlite3.connect = traced  # type: ignore[assignment]


def count(place: str, made: list[object]) -> None:
    """Write down the calls of a function or a method, under every name that a module has for it.

    Args:
        place: "module:function" or "module:Class.method".
        made: Gets what distinguishes each call: the texts, numbers and arrays it was given.
    """
    module_name, _, name = place.partition(":")
    owner: Any = importlib.import_module(module_name)
    *classes, last = name.split(".")
    for each in classes:
        owner = getattr(owner, each, None)
    original = getattr(owner, last, None)
    if original is None:
        sys.exit(f"There is no {place}: COUNTED in {__file__} needs its new name.")
    counted = _counted(original, made)
    setattr(owner, last, counted)
    for known, module in list(sys.modules.items()):
        if known.partition(".")[0] == PACKAGE:
            for alias in [a for a, value in vars(module).items() if value is original]:
                setattr(module, alias, counted)


def _counted(original: Callable[..., Any], made: list[object]) -> Callable[..., Any]:
    @functools.wraps(original)
    def counted(*args: Any, **kwargs: Any) -> Any:
        made.append(tuple(filter(None, map(_key, (*args, *kwargs.values())))))
        return original(*args, **kwargs)

    return counted


def _key(value: object) -> object:
    """Return what tells a text, a number or a model's inputs from others; else None."""
    if isinstance(value, dict):
        return tuple((name, array.shape, array.tobytes()) for name, array in value.items())
    return value if isinstance(value, str | int) else None


if __name__ == "__main__":
    main()
