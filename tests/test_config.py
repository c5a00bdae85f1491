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
        ('precision = "int8"', "no setting 'precision' any more", "--rebuild"),
        ('encoding = "cl100k_base"', "no setting 'encoding' any more", "comes with askcorpus"),
        ('reader = "sentence"', "no reader 'sentence' any more", 'Write reader = "span"'),
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
    ("name", "value"),
    [
        ("ASKCORPUS_K", "five"),
        ("ASKCORPUS_BOILERPLATE", "maybe"),
        ("ASKCORPUS_PRECISION", "fp32"),
        ("ASKCORPUS_ENCODING", "cl100k_base"),
    ],
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


@pytest.mark.parametrize(
    ("index", "complaint"),
    [
        ("i" * 300, "No directory can be called 'iii"),
        ("./" + "i" * 300, "No directory can be called './iii"),
        ("./" + "ab/" * 2000, "No directory can be called './ab/ab/"),
        ("./a\0b", r"No directory can be called './a\x00b'"),
        ("a\0b", r"'a\x00b' is no name for an index"),
        ("line\nbreak", r"'line\nbreak' is no name for an index"),
        ("~no-such-user/x", "There is no home directory '~no-such-user'"),
    ],
)
def test_an_index_that_no_directory_can_hold_is_one_sentence_with_a_hint(
    index: str, complaint: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings(index=index)
    assert complaint in caught.value.message
    assert len(caught.value.message) < 120
    assert caught.value.hint


@pytest.mark.parametrize("name", ["harbour", "i" * 255, "Hafen Köln", "港\u3000湾"])
def test_a_name_is_kept_in_the_data_directory(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASKCORPUS_DATA_DIR", "/data")
    assert Settings(index=name).index_path == Path("/data/indexes", name)


def test_an_index_right_here_goes_before_the_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "harbour").mkdir()
    (tmp_path / "harbour" / "ledger.sqlite3").touch()
    assert Settings(index="harbour").index_path == Path("harbour")


def test_a_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings(index="~/cases").index_path == tmp_path / "cases"
