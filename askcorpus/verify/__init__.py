"""Holds citations against the files on disk, read anew as indexing would read them.

    claims (history, exports) ─check→ Finding: ok · moved · changed · gone · unreadable · refused

    claims     what is to be verified
    places     where a citation may be held against a file, and where a lost quote may stand
    originals  the files as they read now

A quote is an exact slice, so it is compared to the character, white space included. What a file
from elsewhere names is looked at only where the user has indexed it, was answered from it, or says
so with a folder. An index proposes where a lost quote may stand; a file on disk has to hold it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Literal, get_args

from askcorpus.errors import AskcorpusError, StoreUnavailableError
from askcorpus.history import Sessions
from askcorpus.records import Skipped
from askcorpus.sync import scope
from askcorpus.verify import originals
from askcorpus.verify.claims import Claim, distinct, kept, kept_turn, written
from askcorpus.verify.places import Grounds, elsewhere, folder_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from askcorpus.config import Settings
    from askcorpus.records import Citation, Document
    from askcorpus.sync.run import Progress
    from askcorpus.verify.places import Reread

__all__ = ["Claim", "Finding", "Report", "Verdict", "check", "history", "kept", "written"]

Verdict = Literal["ok", "moved", "changed", "gone", "unreadable", "refused"]
VERSION = 1
_FILES_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one citation."""

    citation: Citation
    verdict: Verdict
    sources: tuple[str, ...]
    """Where the citation stands written."""
    reason: str = ""
    """In a few words; empty where it is ok or moved."""
    now: Citation | None = None
    """Where the quote stands, as the file tells it; None unless it moved."""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of all citations."""

    findings: tuple[Finding, ...]
    """In the order of the claims, each citation once."""
    notes: tuple[str, ...] = ()
    """One-sentence remarks, such as an index that could not be searched."""
    unread: tuple[str, ...] = ()
    """A sentence for each turn of the history that was passed over, because it is damaged."""

    @property
    def counts(self) -> dict[Verdict, int]:
        """How often each verdict was given."""
        verdicts = [finding.verdict for finding in self.findings]
        return {verdict: verdicts.count(verdict) for verdict in get_args(Verdict)}

    @property
    def ok(self) -> bool:
        """Whether every quote stands where it is said to stand, and none was passed over."""
        return not self.unread and all(finding.verdict == "ok" for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data; `reason` and `now` are null where there is none."""
        findings = [
            {
                "verdict": finding.verdict,
                "reason": finding.reason or None,
                "citation": asdict(finding.citation),
                "now": finding.now and asdict(finding.now),
                "sources": list(finding.sources),
            }
            for finding in self.findings
        ]
        return {
            "version": VERSION,
            "ok": self.ok,
            "counts": dict(self.counts),
            "findings": findings,
            "notes": list(self.notes),
            "unread": list(self.unread),
        }


def history(numbers: Iterable[int] = ()) -> tuple[list[Claim], list[str]]:
    """Return what kept conversations cite, and a sentence for each turn that is damaged.

    Args:
        numbers: Of the conversations; all of them, the newest first, where none is named.

    Raises:
        UsageError: There is none with such a number.
        StoreUnavailableError: The history as a whole is damaged or can't be read.
    """
    claims: list[Claim] = []
    unread: list[str] = []
    with Sessions() as sessions:
        indexes = {summary.id: summary.index for summary in sessions.summaries()}
        for number in list(numbers) or indexes:
            for n, turn in enumerate(sessions.turns(number), start=1):
                try:
                    claims += kept_turn(turn, index=indexes.get(number, ""), number=number, n=n)
                except StoreUnavailableError as exc:
                    unread.append(f"{exc.message} {exc.hint}")
    return claims, unread


def check(
    claims: Iterable[Claim],
    settings: Settings,
    *,
    root: str | Path | None = None,
    unread: Sequence[str] = (),
    progress: Progress | None = None,
) -> Report:
    """Return what each citation comes to against the files as they are now.

    Args:
        claims: From `kept`, `history` or `written`.
        settings: They name the index whose folders count as the user's.
        root: A folder that stands in for every citation's own, such as a copy of it.
        unread: From `history`; the report can't be ok with any.
        progress: Called with citations done, citations in all and the path in hand.

    Raises:
        UsageError: There is no such folder.
    """
    wanted = distinct(claims)
    notes: list[str] = []
    grounds = Grounds(settings, None if root is None else folder_of(root), notes)
    anew = partial(originals.reread, fields=_fields(settings))
    reread: Reread = lru_cache(_FILES_AT_ONCE)(anew)
    found: dict[Claim, Finding] = {}
    # In the order of the files, so that each is read once.
    ordered = sorted(wanted, key=lambda claim: (claim.citation.root, claim.citation.path))
    for done, claim in enumerate(ordered):
        if progress:
            progress(done, len(ordered), claim.citation.path)
        found[claim] = _finding(claim, grounds, reread)
    gone = [claim for claim in wanted if found[claim].verdict == "gone"]
    for claim, now in elsewhere(gone, settings, reread, notes).items():
        found[claim] = Finding(claim.citation, "moved", claim.sources, now=now)
    return Report(tuple(found[claim] for claim in wanted), tuple(notes), tuple(unread))


def _fields(settings: Settings) -> tuple[str, ...]:
    """Return what is read of JSON in the index that the settings name; all where there is none."""
    try:
        known = scope.of_index(settings.index_path)
    except AskcorpusError:
        return ()
    return known.selection.fields if known else ()


def _finding(claim: Claim, grounds: Grounds, reread: Reread) -> Finding:
    """Return what comes of a citation in its own file."""
    citation = claim.citation
    place = grounds.place(claim)
    if isinstance(place, str):
        return Finding(citation, "refused", claim.sources, place)
    document = reread(*place)
    if document is None:
        return Finding(citation, "gone", claim.sources, grounds.missing(place[0]))
    if isinstance(document, Skipped):
        return Finding(citation, "unreadable", claim.sources, document.reason)
    return _held(claim, document, grounds)


def _held(claim: Claim, document: Document, grounds: Grounds) -> Finding:
    """Return what comes of a citation, line, heading, title and date included, in a document."""
    citation = claim.citation
    now = originals.standing(citation, document)
    if now is None:
        return Finding(citation, "changed", claim.sources, _difference(citation, document))
    if _address(now) != _address(citation):
        return Finding(citation, "moved", claim.sources, now=grounds.shown(now))
    if now != citation:
        return Finding(citation, "changed", claim.sources, _other_facts(citation, now))
    return Finding(citation, "ok", claim.sources)


def _address(citation: Citation) -> tuple[int, int, int | None, str | None]:
    return citation.start, citation.end, citation.line, citation.locator


def _other_facts(was: Citation, now: Citation) -> str:
    """Return which title and date the file has, as far as the citation has others."""
    said = [f"titled “{now.title}”"] if now.title != was.title else []
    said += [f"dated {now.date}" if now.date else "without a date"] if now.date != was.date else []
    return f"the quote stands there, but the file is {' and '.join(said)}"


def _difference(citation: Citation, document: Document) -> str:
    spaced = " ".join(citation.quote.split()) in " ".join(document.text.split())
    return "the file holds it with other white space" if spaced else "the file no longer holds it"
