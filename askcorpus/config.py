"""Settings, and where each value came from.

Order, the later winning: defaults, the user's file (`config.toml` in the platform's
configuration directory, or `--config FILE`), environment (`ASKCORPUS_NAME`), flags. Nothing is
ever read from the current folder or the indexed one: documents are somebody else's words.
"""

from __future__ import annotations

import errno
import os
import re
import tomllib
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast, get_args, get_type_hints

from askcorpus.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "ASKCORPUS_"
LEDGER = "ledger.sqlite3"
"""The file that makes a directory an index."""
Dense = Literal["auto", "chroma", "exact"]
MOST_NAME_BYTES = 255
"""No file system in use has longer names."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a user may set."""

    index: str = "./index"
    """The index: a path (with a slash, or beginning with a dot or ~), or the name of one that is
    kept in the user's data directory. A name also means a directory of that name right here, if it
    is an index."""
    model: str = "all-MiniLM-L6-v2"
    """Embedding model: a sentence-transformers name, or a folder, which begins with "/", "./",
    "../" or "~"."""
    reader: str = "span"
    """What picks the answer: "span" (trained), a Reader of your own as "module:Class", or a
    question-answering model of transformers: a folder (as for `model`), or a name in the local
    Hugging Face cache."""
    chunk_tokens: int = 150
    """Most tokens in a passage, 32 to 220."""
    overlap_sentences: int = 1
    """Sentences that neighbouring passages share, 0 to 5."""
    boilerplate: bool = True
    """Whether boilerplate is marked (and so neither searched nor cited)."""
    dense: Dense = "auto"
    """Vector search: chroma, exact, or auto (chroma above 20,000 passages)."""
    k: int = 5
    """Passages shown with an answer, 1 to 50."""
    threads: int = 0
    """Threads for the models, 0 to 256; 0 takes one per core, at most 4."""
    history: bool = True
    """Whether the chat's conversations are kept in the user's data directory."""

    def __post_init__(self) -> None:
        """Check each value's type and range.

        Raises:
            ConfigError: A value has the wrong type or is out of range, or no index can be there.
        """
        for name, hint in HINTS.items():
            _check(name, getattr(self, name), hint)
        if self.reader == "sentence":
            raise ConfigError(
                "There is no reader 'sentence' any more.",
                hint='Write reader = "span", or leave it out.',
            )
        _place(self.index)

    @property
    def index_path(self) -> Path:
        """The index's directory."""
        return _place(self.index)

    @property
    def worker_threads(self) -> int:
        """The number of threads that the models may use."""
        return self.threads or min(4, os.cpu_count() or 1)


HINTS: dict[str, Any] = get_type_hints(Settings)
GONE = {
    "precision": "Take it out; an index made in fp32 needs: askcorpus index DIR --rebuild",
    "encoding": "Take it out; passages are measured by the encoding that comes with askcorpus.",
}
"""Settings that there were, and what to do instead."""
RANGES = {"chunk_tokens": (32, 220), "overlap_sentences": (0, 5), "k": (1, 50), "threads": (0, 256)}


@dataclass(frozen=True, slots=True)
class Setting:
    """One value and its provenance."""

    name: str
    value: str | int | bool
    source: str
    """"default", a file's path, an environment variable's name, or "flag"."""


def config_file() -> Path:
    """Return the user's own configuration file; it need not exist."""
    from platformdirs import user_config_path

    return user_config_path("askcorpus") / "config.toml"


def cache_dir() -> Path:
    """Return the directory for exported models: `ASKCORPUS_CACHE_DIR`, else the platform's."""
    from platformdirs import user_cache_path

    override = os.environ.get(PREFIX + "CACHE_DIR")
    return _steady(override) if override else user_cache_path("askcorpus")


def data_dir() -> Path:
    """Return the directory of what is to last: `ASKCORPUS_DATA_DIR`, else the platform's."""
    from platformdirs import user_data_path

    override = os.environ.get(PREFIX + "DATA_DIR")
    return _steady(override) if override else user_data_path("askcorpus")


@cache
def _steady(folder: str) -> Path:
    """Return a folder as it was when first asked for, wherever the process has gone since."""
    return Path(folder).absolute()


def model_folder(model: str) -> Path | None:
    """Return the folder that a model is set to, or None where it goes by a name.

    A name is never looked up in the current folder, which may be anybody's.
    """
    if model not in (".", "..") and not model.startswith(("/", "./", "../", "~")):
        return None
    try:
        return Path(model).expanduser()
    except RuntimeError:  # nobody's home
        return None


def named_indexes() -> Path:
    """Return the directory that holds the indexes that are known by name."""
    return data_dir() / "indexes"


def _place(index: str) -> Path:
    """Return the directory that an index's path or name stands for.

    Raises:
        ConfigError: No directory can be called that.
    """
    path = Path(index)
    if path.name == index and not index.startswith((".", "~")):
        if _CONTROL.search(index):
            raise ConfigError(
                f"{_shortened(index)} is no name for an index.", hint="Choose one of plain letters."
            )
        path = path if _can_hold(path, there=True) else named_indexes() / index
    try:
        path = path.expanduser()
    except RuntimeError as exc:
        raise ConfigError(
            f"There is no home directory {_shortened(path.parts[0])}.",
            hint="Check the user's name, or write the path out in full.",
        ) from exc
    if not _can_hold(path):
        raise ConfigError(
            f"No directory can be called {_shortened(index)}.", hint="Choose another with --index."
        )
    return path


def spelled(directory: Path) -> str:
    """Return what `--index` takes for this directory: a name stays a name, a path a path."""
    if directory.parent == named_indexes() and _place(directory.name) == directory:
        return directory.name
    text = str(directory)
    return f"./{text}" if directory.name == text and not text.startswith(".") else text


def _can_hold(path: Path, *, there: bool = False) -> bool:
    """Return whether an index may be at the path; if `there`, whether one is."""
    try:
        if any(len(os.fsencode(name)) > MOST_NAME_BYTES for name in path.parts):
            return False
        (path / LEDGER).stat()
    except ValueError:  # it holds a NUL
        return False
    except OSError as exc:
        return not there and exc.errno != errno.ENAMETOOLONG
    return True


def _shortened(text: str) -> str:
    return repr(text if len(text) <= 60 else f"{text[:60]}…")


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def load(
    flags: Mapping[str, Any] | None = None,
    *,
    file: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> tuple[Settings, list[Setting]]:
    """Return the settings and, in order of their fields, where each came from.

    Args:
        flags: Values given on the command line; None values don't count.
        file: Read instead of the user's own file; it must exist.
        environ: Instead of the process's environment.

    Raises:
        ConfigError: A file can't be read, a key is unknown, or a value doesn't fit.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    path = file or config_file()
    if file or path.is_file():
        for name, value in _read(path).items():
            _known(name, where=str(path))
            values[name], sources[name] = value, str(path)
    for name in (*HINTS, *GONE):
        variable = PREFIX + name.upper()
        if variable in environ:
            _known(name, where=variable)
            values[name] = _parse(name, environ[variable], where=variable)
            sources[name] = variable
    for name, value in (flags or {}).items():
        if value is not None:
            _known(name, where="the command line")
            values[name], sources[name] = value, "flag"
    settings = Settings(**values)
    return settings, [
        Setting(field.name, getattr(settings, field.name), sources.get(field.name, "default"))
        for field in fields(Settings)
    ]


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(
            f"Can't read the configuration file {path}.", hint="Check that it exists and is UTF-8."
        ) from exc
    except tomllib.TOMLDecodeError as exc:
        raise ConfigError(f"{path} is not valid TOML: {exc}.", hint="Mend that line.") from exc


def _known(name: str, *, where: str) -> None:
    if name in HINTS:
        return
    if name in GONE:
        raise ConfigError(f"There is no setting {name!r} any more ({where}).", hint=GONE[name])
    close = get_close_matches(name, HINTS, n=1)
    hint = f"Did you mean {close[0]!r}?" if close else f"Settings are: {', '.join(HINTS)}."
    raise ConfigError(f"Unknown setting {name!r} in {where}.", hint=hint)


def _parse(name: str, raw: str, *, where: str) -> Any:
    """Return an environment variable's text as the setting's type."""
    hint = HINTS[name]
    if hint is int:
        try:
            return int(raw)
        except ValueError as exc:
            message = f"{where} must be a whole number, not {raw!r}."
            raise ConfigError(message, hint=f"Unset {where} or mend it.") from exc
    if hint is bool:
        known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
        if raw.lower() not in known:
            message = f"{where} must be true or false, not {raw!r}."
            raise ConfigError(message, hint=f"Unset {where} or mend it.")
        return known[raw.lower()]
    return raw


def _check(name: str, value: object, hint: Any) -> None:
    choices = get_args(hint)
    if choices:
        if value not in choices:
            raise ConfigError(
                f"Setting {name!r} can't be {value!r}.", hint=f"Choose {' or '.join(choices)}."
            )
    elif type(value) is not hint:
        raise ConfigError(
            f"Setting {name!r} must be {_NOUNS[hint]}, not {value!r}.", hint="Mend that value."
        )
    elif hint is str and not cast("str", value).strip():
        raise ConfigError(f"Setting {name!r} is empty.", hint="Give it a value, or leave it out.")
    elif name in RANGES:
        low, high = RANGES[name]
        if not low <= cast("int", value) <= high:
            raise ConfigError(
                f"Setting {name!r} is {value}.", hint=f"Choose a number from {low} to {high}."
            )


_NOUNS: dict[Any, str] = {int: "a whole number", str: "text", bool: "true or false"}
