"""A folder that changes, with a record of every text that its files ever had."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from pathlib import Path

DEEDS = ("closed the mine", "opened the ferry", "sold the orchard", "painted the bridge")


class World:
    """Reports of different length, each with a fact that no other text holds."""

    def __init__(self, folder: Path, rng: random.Random, documents: int) -> None:
        """Write the first reports."""
        self.folder = folder
        self._rng = rng
        self._next = 0
        self._ever: dict[str, set[str]] = {}
        folder.mkdir()
        for _ in range(documents):
            self._write(f"{self._next:05}.txt")

    def paths(self) -> set[str]:
        """Return the files that are there now."""
        return {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.txt")}

    def now(self, path: str) -> str | None:
        """Return a file's text, or None where there is no file."""
        try:
            return (self.folder / path).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def said(self, path: str, text: str) -> bool:
        """Return whether a file ever had this text."""
        return text in self._ever.get(path, ())

    def ever(self, path: str) -> set[str]:
        """Return all the texts that a file had so far."""
        return self._ever.get(path, set())

    def change(self, share: float) -> set[str]:
        """Rewrite, add, delete and rename files; return the paths that aren't as they were."""
        paths = sorted(self.paths())
        chosen = self._rng.sample(paths, max(4, round(share * len(paths))))
        few = len(chosen) // 8 + 1
        deleted, renamed, rewritten = chosen[:few], chosen[few : 2 * few], chosen[2 * few :]
        touched = set(chosen)
        for path in deleted:
            (self.folder / path).unlink()
            touched.add(self._write(f"{self._next:05}.txt"))
        for path in renamed:
            new = f"moved-{self._next:05}.txt"
            self._next += 1
            text = self.now(path) or ""
            (self.folder / path).rename(self.folder / new)
            self._ever.setdefault(new, set()).add(text)
            touched.add(new)
        for path in rewritten:
            self._write(path)
        return touched

    def _write(self, path: str) -> str:
        number, self._next = self._next, self._next + 1
        filler = " ".join(
            f"On day {self._rng.randrange(900)} the council of ward {self._rng.randrange(90)} met."
            for _ in range(self._rng.randrange(5, 40))
        )
        text = f"{filler}\n\nInspector N{number} {DEEDS[number % len(DEEDS)]} number {number}.\n"
        (self.folder / path).write_text(text, encoding="utf-8")
        self._ever.setdefault(path, set()).add(text)
        return path


def name(text: str) -> str:
    """Return the name that only this text holds."""
    return text.rsplit("Inspector ", 1)[1].split(maxsplit=1)[0]


def question(text: str) -> str:
    """Return the question that the text answers with that name."""
    number = int(name(text)[1:])
    return f"Who {DEEDS[number % len(DEEDS)]} number {number}?"
