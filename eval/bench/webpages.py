"""Measures what is kept of web pages against the article that a person marked in each.

    python -m eval.bench.webpages --data DIR [--half tuned|held-out] [--answers]

DIR holds `ground-truth.json` and `html/*.html.gz` of the article extraction benchmark
(scrapinghub/article-extraction-benchmark, MIT). Three tables:

1. The text that is kept (less what is marked as boilerplate) against the marked article, counted as
   the benchmark does: shingles of four words, precision and recall averaged over pages, F1 of the
   two averages, ± 1.96 standard deviations of 1,000 bootstrap samples; beside it trafilatura alone.
2. The marking of boilerplate in the same pages stripped of their tags, by sentence. A sentence
   belongs to the article where its words stand there; it is lost where no line that holds it is
   left unmarked.
3. With `--answers`: what reaches an answer. The pages are indexed as they are and asked each page's
   title, and "What did NAME say?" for the first person whose words the marked article reports. A
   sentence counts as article where the marked article of its page holds all its words in order,
   as headline where the page's title does; a quote as the worst of its sentences.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import statistics
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from askcorpus import Corpus, Settings
from askcorpus.ingest.boilerplate import mark
from askcorpus.ingest.boilerplate.lines import lines
from askcorpus.ingest.extracted import Unreadable
from askcorpus.ingest.formats import webpage
from askcorpus.language.sentences import sentences
from eval.bench.boilerplate import normal, pages, ratio, stripped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SHINGLE_WORDS = 4
SAMPLES = 1000
PLACES = ("elsewhere", "headline", "article")
MIN_CHARS = 30
"""A shorter sentence stands in many an article by accident, unless it is a line of it."""
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_SITE = re.compile(r"\s+(?:[|•·»]|[-–—](?=\s)).*")
_SAYS = re.compile(
    r"\b([A-Z][a-z]+(?: [A-Z]\.)?(?: [A-Z][a-z]+)+)(?:, [^,.]{3,60},)? (?:said|says|told|wrote)\b"
    r"|[”\"] (?:said|says) (?:[a-z]+ ){0,3}([A-Z][a-z]+ [A-Z][a-z]+)\b"
)
# Words with which a sentence begins, or which are no part of a name.
_NO_NAME = frozenset("The A An In On But And As At When While After Before He She It They".split())


class Page(NamedTuple):
    """A page as it came, and the article that was marked in it."""

    name: str
    html: str
    article: str

    @property
    def title(self) -> str:
        """Return the page's title without the name of its site."""
        found = _TITLE.search(self.html)
        words = " ".join(stripped(found[1]).split()) if found else ""
        return _SITE.sub("", words) or words


def read_pages(data: Path, half: str | None) -> list[Page]:
    truth = json.loads((data / "ground-truth.json").read_text(encoding="utf-8"))
    return [
        Page(
            name,
            gzip.decompress((data / "html" / f"{name}.html.gz").read_bytes()).decode(
                "utf-8", "replace"
            ),
            truth[name]["articleBody"],
        )
        for name in pages(sorted(truth), half)
    ]


class Shares(NamedTuple):
    """Shingles of one page: in both texts, only in ours, only in the article."""

    both: int
    ours: int
    theirs: int


def shingles(text: str) -> Counter[tuple[str, ...]]:
    words = re.findall(r"\w+", text)
    starts = range(max(1, len(words) - SHINGLE_WORDS + 1)) if words else ()
    return Counter(tuple(words[at : at + SHINGLE_WORDS]) for at in starts)


def compared(article: str, kept: str) -> Shares:
    wanted, found = shingles(article), shingles(kept)
    return Shares((wanted & found).total(), (found - wanted).total(), (wanted - found).total())


def averages(rows: Sequence[Shares]) -> tuple[float, float, float]:
    """Return precision, recall and F1; a page without a text of its own counts only for recall."""
    precision = statistics.mean(r.both / (r.both + r.ours) for r in rows if r.both + r.ours)
    recall = statistics.mean(r.both / (r.both + r.theirs) for r in rows if r.both + r.theirs)
    both = precision + recall
    return precision, recall, 2 * precision * recall / both if both else 0.0


def spread(rows: Sequence[Shares]) -> list[float]:
    chosen = random.Random(0)
    samples = [averages(chosen.choices(rows, k=len(rows))) for _ in range(SAMPLES)]
    return [1.96 * statistics.stdev(values) for values in zip(*samples, strict=True)]


def kept(page: Page, *, marked: bool) -> str:
    """Return what askcorpus keeps of a page as content."""
    found = webpage.parse(page.html.encode())
    if isinstance(found, Unreadable):
        return ""
    marks = found.boilerplate if marked else ()
    starts, ends = [0, *(m.end for m in marks)], [*(m.start for m in marks), len(found.text)]
    return "\n".join(found.text[a:b] for a, b in zip(starts, ends, strict=True))


def ways() -> dict[str, Callable[[Page], str]]:
    import trafilatura

    def plain(**options: bool) -> Callable[[Page], str]:
        return lambda page: trafilatura.extract(page.html, **options) or ""

    return {
        "askcorpus": lambda page: kept(page, marked=True),
        "askcorpus, nothing marked": lambda page: kept(page, marked=False),
        "trafilatura, default": plain(),
        "trafilatura, no comments": plain(include_comments=False),
        "trafilatura, precision": plain(include_comments=False, favor_precision=True),
        "trafilatura, recall": plain(include_comments=False, favor_recall=True),
        "trafilatura, fast": plain(include_comments=False, fast=True),
        "all text (tags stripped)": lambda page: stripped(page.html),
    }


def print_kept(given: Sequence[Page]) -> None:
    head = f"kept text, {len(given)} pages"
    print(f"{head:<28} {'precision':<17}{'recall':<17}F1")
    for name, way in ways().items():
        rows = [compared(page.article, way(page)) for page in given]
        cells = zip(averages(rows), spread(rows), strict=True)
        print(f"  {name:<26} " + "    ".join(f"{mean:.3f} ± {ci:.3f}" for mean, ci in cells))


def holds(whole: str, words: str) -> bool:
    """Return whether a text holds words in their order; both as `normal` returns them."""
    return bool(words) and f" {words} " in f" {whole} "


def print_marked(given: Sequence[Page]) -> None:
    """Print how boilerplate is marked in the pages saved as text."""
    counts: Counter[tuple[bool, bool]] = Counter()
    known = lost = 0
    for page in given:
        text = stripped(page.html)
        article = normal(page.article)
        own = {normal(line.text) for line in lines(page.article)}
        marks = {found.start for found in mark(text)}
        left: list[str] = []
        for line in lines(text):
            left += [line.text] * (line.start not in marks)
            for a, b in sentences(line.text):
                words = normal(line.text[a:b])
                if words:
                    inside = words in own or (len(words) >= MIN_CHARS and holds(article, words))
                    counts[inside, line.start in marks] += 1
        before, after = normal(text), normal("\n".join(left))
        wanted = (normal(page.article[a:b]) for a, b in sentences(page.article))
        there = [words for words in wanted if len(words) >= MIN_CHARS and holds(before, words)]
        known += len(there)
        lost += sum(not holds(after, words) for words in there)
    print("\nboilerplate marked in the stripped pages, by sentence")
    right, wrong = counts[False, True], counts[True, True]
    print(f"  precision                 {ratio(right, right + wrong)}")
    print(f"  recall                    {ratio(right, right + counts[False, False])}")
    print(f"  marked of the article's   {ratio(wrong, wrong + counts[True, False])}")
    print(f"  article sentences lost    {ratio(lost, known)}")


def asked(given: Sequence[Page]) -> Iterator[tuple[str, str]]:
    """Yield the questions and their kinds."""
    for page in given:
        if page.title:
            yield "titles", page.title
        names = (match[1] or match[2] for match in _SAYS.finditer(page.article))
        name = next((name for name in names if name.split()[0] not in _NO_NAME), None)
        if name:
            yield "what did NAME say", f"What did {name} say?"


def stands(page: Page, text: str) -> Iterator[tuple[str, str]]:
    """Yield the sentences of a quote or passage, and where the words of each stand on its page."""
    for a, b in sentences(text):
        words = normal(text[a:b])
        if not words or holds(normal(page.article), words):
            yield text[a:b], "article"
        else:
            yield text[a:b], "headline" if holds(normal(page.title), words) else "elsewhere"


def print_answers(given: Sequence[Page], place: Path) -> None:
    """Index the pages, ask, and print where what is shown stands."""
    folder = place / "pages"
    folder.mkdir()
    for page in given:
        (folder / f"{page.name}.html").write_text(page.html, encoding="utf-8")
    truth = {f"{page.name}.html": page for page in given}
    tables: dict[str, Counter[str]] = {}
    examples: list[str] = []
    with Corpus.build(folder, index=place / "index", settings=Settings()) as corpus:
        for kind, question in asked(given):
            answer = corpus.ask(question)
            quotes = tables.setdefault(f"{kind}; quotes, {answer.outcome}", Counter())
            listed = tables.setdefault(f"{kind}; words of listed passages", Counter())
            for cited in answer.citations:
                found = {where for _, where in stands(truth[cited.path], cited.quote)}
                # A quote is as bad as its worst sentence.
                quotes[next((where for where in PLACES if where in found), PLACES[0])] += 1
                if PLACES[0] in found:
                    examples.append(f"{answer.outcome}: {' '.join(cited.quote.split())[:150]}")
            for passage in (hit.passage for hit in answer.passages):
                for piece, where in stands(truth[passage.path], passage.text):
                    listed[where] += len(piece.split())
    print("\nwhat reaches an answer")
    for name, counts in sorted(tables.items()):
        for where in PLACES[:2] if counts else ():
            print(f"  {name:<44} {where:<9} {ratio(counts[where], counts.total())}")
    print("  some quotes that stand elsewhere:")
    for example in random.Random(0).sample(examples, min(12, len(examples))):
        print("   ", example)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--half", choices=("tuned", "held-out"), help="default: all pages")
    parser.add_argument("--answers", action="store_true", help="index the pages and ask them")
    arguments = parser.parse_args()
    given = read_pages(arguments.data, arguments.half)
    print_kept(given)
    print_marked(given)
    if arguments.answers:
        with tempfile.TemporaryDirectory() as place:
            print_answers(given, Path(place))


if __name__ == "__main__":
    main()
