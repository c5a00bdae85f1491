"""Other keys for the actions, from `chat.toml` in the user's configuration directory.

preset = "vim"          # paging as in vi

[keys]                  # an action's id and its keys; the ids are in keys.py
copy = "c"
"history.search" = "ctrl+t"
"""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from typing import TYPE_CHECKING

from askcorpus import config
from askcorpus.errors import ConfigError
from askcorpus.tui.keys import KEYS

if TYPE_CHECKING:
    from pathlib import Path

Keymap = dict[str, str]
PRESETS: dict[str, Keymap] = {
    "vim": {
        "find": "f3",
        "transcript.down": "ctrl+d,ctrl+f",
        "transcript.up": "ctrl+u,ctrl+b",
        "source.down": "ctrl+d,ctrl+f",
        "source.up": "ctrl+u,ctrl+b",
    },
}
_PLACES = {key.id: key.where for key in KEYS}


def place() -> Path:
    """Return the file; it need not exist."""
    return config.config_file().with_name("chat.toml")


def load() -> Keymap:
    """Return the keys that the user has bound, by action.

    Raises:
        ConfigError: The file can't be read, or names what there isn't.
    """
    path = place()
    if not path.is_file():
        return {}
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise ConfigError(f"Can't read {path}: {exc}.", hint="Mend it, or remove it.") from exc
    preset, keys = said.pop("preset", None), said.pop("keys", {})
    if said:
        raise ConfigError(
            f"Unknown setting {next(iter(said))!r} in {path}.", hint="There are preset and [keys]."
        )
    if preset is not None and preset not in PRESETS:
        raise ConfigError(f"There is no preset {preset!r}.", hint=f"There is {', '.join(PRESETS)}.")
    if not isinstance(keys, dict):
        raise ConfigError(f"keys in {path} is no table.", hint="Write a section [keys].")
    for name, bound in keys.items():
        _check(name, bound)
    return {**PRESETS.get(preset or "", {}), **keys}


def _check(name: str, bound: object) -> None:
    if name not in _PLACES:
        close = get_close_matches(name, _PLACES, n=1)
        raise ConfigError(
            f"There is no action {name!r} to bind a key to.",
            hint=f"Did you mean {close[0]!r}?" if close else f"Actions are: {', '.join(_PLACES)}.",
        )
    if not isinstance(bound, str) or not bound.strip():
        raise ConfigError(f"The key of {name!r} is not text.", hint='Write it like "ctrl+t".')
    typed = [key for key in bound.split(",") if len(key.strip()) == 1]
    if typed and _PLACES[name] in ("everywhere", "question"):
        raise ConfigError(
            f"{name!r} can't be bound to {typed[0]!r}, which is typed in questions.",
            hint="Add ctrl+ to it, or take a function key.",
        )
