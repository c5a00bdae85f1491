from __future__ import annotations

from pathlib import Path

import pytest

from askcorpus.config import Settings, config_file, load
from askcorpus.errors import ConfigError


def sources(**flags: object) -> dict[str, str]:
    return {setting.name: setting.source for setting in load(flags)[1]}


def test_the_later_source_wins_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = config_file()
    file.parent.mkdir(parents=True)
    file.write_text('k = 7\nchunk_tokens = 100\nmodel = "mine"\n', encoding="utf-8")
    monkeypatch.setenv("ASKCORPUS_CHUNK_TOKENS", "120")
    monkeypatch.setenv("ASKCORPUS_MODEL", "other")
    settings, _ = load({"model": "flagged"})
    assert (settings.k, settings.chunk_tokens, settings.model) == (7, 120, "flagged")
    named = sources(model="flagged")
    assert named["k"] == str(file)
    assert named["chunk_tokens"] == "ASKCORPUS_CHUNK_TOKENS"
    assert (named["model"], named["threads"]) == ("flag", "default")


def test_nothing_in_the_current_folder_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (".env", "config.toml", "askcorpus.toml", ".askcorpus.toml"):
        Path(name).write_text('k = 9\nASKCORPUS_K="9"\n', encoding="utf-8")
    assert load()[0] == Settings()


@pytest.mark.parametrize(
    ("text", "complaint", "hint"),
    [
        ("chunk_token = 100", "Unknown setting 'chunk_token'", "chunk_tokens"),
        ("zzz = 1", "Unknown setting 'zzz'", "Settings are"),
        ("chunk_tokens = 5", "is 5", "32 to 220"),
        ('k = "many"', "must be a whole number", "Mend"),
        ("k = true", "must be a whole number", "Mend"),
        ('dense = "best"', "can't be 'best'", "auto or chroma or exact"),
        ('model = " "', "is empty", "value"),
        ("k = ", "not valid TOML", "Mend"),
    ],
)
def test_a_bad_file_is_one_sentence_with_a_hint(
    text: str, complaint: str, hint: str, tmp_path: Path
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file=file)
    assert complaint in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "value"), [("ASKCORPUS_K", "five"), ("ASKCORPUS_BOILERPLATE", "maybe")]
)
def test_a_bad_environment_variable_is_named(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=name):
        load()


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        load(file=tmp_path / "nowhere.toml")
