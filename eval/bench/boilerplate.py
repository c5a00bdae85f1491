"""Measures the marking of boilerplate in plain text against pages whose article a person marked.

    python eval/bench/boilerplate.py --data DIR [--show N]

DIR holds `ground-truth.json` and `html/*.html.gz` of the article extraction benchmark
(scrapinghub/article-extraction-benchmark, MIT). Each page is stripped of its tags, one line per
block, and marked; a line belongs to the article where the marked article text holds it. An
article sentence is lost when any character of it is marked.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

from askcorpus.ingest.boilerplate import mark
from askcorpus.ingest.boilerplate.lines import Line, lines
from askcorpus.language.sentences import sentences

if TYPE_CHECKING:
    from askcorpus.records import Boilerplate

SILENT = frozenset("script style noscript template svg head iframe select".split())
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
BLOCKS = frozenset(
    """address article aside blockquote body br button caption center dd details div dl dt fieldset
    figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary
    table td th tr ul""".split()
)
PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 blockquote pre article section ul ol table".split())


class Stripper(HTMLParser):
    """Collects a page's text, a line per block and a blank line around paragraphs."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = ""
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if self._silent:
            self._depth += tag == self._silent
        elif tag in SILENT:
            self._silent, self._depth = tag, 1
        else:
            self._gap(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent:
            self._depth -= tag == self._silent
            if not self._depth:
                self._silent = ""
        elif tag not in VOID:
            self._gap(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(re.sub(r"\s+", " ", data))

    def _gap(self, tag: str) -> None:
        if tag in BLOCKS:
            self.parts.append("\n\n" if tag in PARAGRAPHS else "\n")


def stripped(page: str) -> str:
    """Return a page's text without tags."""
    stripper = Stripper()
    stripper.feed(page)
    stripper.close()
    text = re.sub(r"[^\S\n]*\n[^\S\n]*", "\n", "".join(stripper.parts))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def normal(text: str) -> str:
    """Return the letters and digits of a text, for comparison."""
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


@dataclass
class Tally:
    """Counts over pages; lines and characters of stripped text, sentences of articles."""

    pages: int = 0
    article_lines: int = 0
    other_lines: int = 0
    marked_article_lines: int = 0
    marked_other_lines: int = 0
    article_chars: int = 0
    other_chars: int = 0
    marked_article_chars: int = 0
    marked_other_chars: int = 0
    sentences: int = 0
    lost_sentences: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    reasons: dict[str, list[int]] = field(default_factory=dict)


def measure(text: str, article: str, tally: Tally) -> None:
    """Add one page's counts."""
    whole = f" {normal(article)} "
    own = {normal(line.text) for line in lines(article)}
    marks = {found.start: found for found in mark(text)}
    tally.pages += 1
    for line in lines(text):
        words = normal(line.text)
        if not words:
            continue
        size = len(line.text)
        # A short line such as "Politics" stands in many an article by accident.
        in_article = words in own or (len(words) >= 30 and f" {words} " in whole)
        found = marks.get(line.start)
        count(tally, line, size, in_article=in_article, found=found)


def count(
    tally: Tally, line: Line, size: int, *, in_article: bool, found: Boilerplate | None
) -> None:
    marked = found is not None
    if found is not None:
        row = tally.reasons.setdefault(found.reason, [0, 0])
        row[in_article] += 1
    if in_article:
        tally.article_lines += 1
        tally.article_chars += size
        tally.marked_article_lines += marked
        tally.marked_article_chars += size * marked
        number = len(sentences(line.text))
        tally.sentences += number
        tally.lost_sentences += number * marked
        if found is not None:
            tally.wrong.append(f"{found.reason}: {line.text[:150]}")
    else:
        tally.other_lines += 1
        tally.other_chars += size
        tally.marked_other_lines += marked
        tally.marked_other_chars += size * marked
        if not marked:
            tally.missed.append(line.text[:150])


def ratio(part: int, whole: int) -> str:
    return f"{part / whole:.4f} ({part:,} of {whole:,})" if whole else "none"


def report(tally: Tally) -> None:
    t = tally
    print(f"pages                        {t.pages}")
    lines_marked = t.marked_other_lines + t.marked_article_lines
    chars_marked = t.marked_other_chars + t.marked_article_chars
    print(f"precision, lines             {ratio(t.marked_other_lines, lines_marked)}")
    print(f"precision, characters        {ratio(t.marked_other_chars, chars_marked)}")
    print(f"recall, lines                {ratio(t.marked_other_lines, t.other_lines)}")
    print(f"recall, characters           {ratio(t.marked_other_chars, t.other_chars)}")
    print(f"article sentences lost       {ratio(t.lost_sentences, t.sentences)}")
    print(f"article characters lost      {ratio(t.marked_article_chars, t.article_chars)}")
    print("\nreason                             other  article")
    for reason, (other, article) in sorted(t.reasons.items(), key=lambda row: -row[1][0]):
        print(f"{reason:<34} {other:5}  {article:7}")


def pages(names: list[str], half: str | None) -> list[str]:
    """Return the pages of one half: rules were written looking at every second page only."""
    return names[half == "held-out" :: 2] if half else names


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--half", choices=("tuned", "held-out"), help="default: all pages")
    parser.add_argument("--show", type=int, default=0, help="so many examples of each error")
    arguments = parser.parse_args()
    truth = json.loads((arguments.data / "ground-truth.json").read_text(encoding="utf-8"))
    tally = Tally()
    for name in pages(sorted(truth), arguments.half):
        raw = gzip.decompress((arguments.data / "html" / f"{name}.html.gz").read_bytes())
        measure(stripped(raw.decode("utf-8", "replace")), truth[name]["articleBody"], tally)
    report(tally)
    chosen = random.Random(0)
    for title, examples in (("marked though article", tally.wrong), ("not marked", tally.missed)):
        if arguments.show:
            print(f"\n{title}:")
        for line in chosen.sample(examples, min(arguments.show, len(examples))):
            print("  ", line)


if __name__ == "__main__":
    main()
