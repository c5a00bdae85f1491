"""askcorpus calibrate: fitting what counts as an answer, and what the index makes of it."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from askcorpus import Corpus, Settings
from askcorpus.answer import fit as fits
from askcorpus.answer.fit import Fit
from askcorpus.cli import main
from askcorpus.errors import (
    IndexBusyError,
    IndexMissingError,
    UsageError,
)
from askcorpus.evaluate import calibrate
from askcorpus.evaluate.calibrate.figures import calibrated, measures
from askcorpus.evaluate.calibrate.fitting import FAIR, PRIOR, STRONG, Case, fitted, logistic
from askcorpus.store.ledger import Ledger
from askcorpus.store.lock import hold
from tests.conftest import ROOT, SEEDS
from tests.store.kit import copied, note

if TYPE_CHECKING:
    from collections.abc import Sequence

OWN = Fit(
    "reader", "model", 0, scale=1.0, bias=0.0, related=0.01, answered=0.1, fair=0.3, strong=0.6
)
GOLD = (ROOT / "eval" / "gold" / "seeds.jsonl").read_text(encoding="utf-8").splitlines()


def cases(scores: Sequence[float], *, answerable: bool = True, right: bool = True) -> list[Case]:
    return [Case(answerable, score, answerable and right) for score in scores]


def drawn(n: int, seed: int = 0) -> list[Case]:
    """Return n cases, half of them answerable; their scores overlap, and are far too low."""
    made = random.Random(seed)
    asked = [Case(answerable=True, score=made.betavariate(3, 12), right=True) for _ in range(n)]
    others = [Case(answerable=False, score=made.betavariate(2, 30), right=False) for _ in range(n)]
    return asked[: n // 2] + others[: n - n // 2]


# Fitting.


def test_the_line_keeps_the_stated_share_and_abstains_most() -> None:
    asked = [n / 100 for n in range(10, 29)]  # 19 of them: k is 3 for a share of .15
    found = fitted(cases(asked) + cases([0.115], answerable=False), OWN, silence=0.15)
    held = [score for score in asked if found.probability(score) < found.answered]
    assert held == [0.1, 0.11]
    assert found.probability(0.115) < found.answered < found.probability(0.12)


def test_new_questions_keep_to_the_share_too() -> None:
    silent = []
    for seed in range(200):
        found = fitted(drawn(30, seed), OWN, silence=0.2)
        new = [case for case in drawn(60, seed + 1000) if case.answerable]
        silent += [found.probability(case.score) < found.answered for case in new]
    assert 0.12 < sum(silent) / len(silent) <= 0.2


def test_twenty_questions_can_not_wreck_a_probability() -> None:
    alike = [*cases([0.5] * 19, right=False), *cases([0.5], answerable=False)]
    # As many again as the reader expected: half of those are right.
    assert fitted(alike, OWN, silence=0.15).probability(0.5) == pytest.approx(0.25)


def test_many_questions_make_it_the_share_that_is_right() -> None:
    many = cases([0.5] * 1600) + cases([0.5] * 400, right=False)
    assert fitted(many, OWN, silence=0.15).probability(0.5) == pytest.approx(0.8, abs=0.01)


def test_scores_that_mislead_keep_their_order() -> None:
    wrong_way = cases([0.1] * 200) + cases([0.9] * 200, right=False)
    found = fitted(wrong_way, OWN, silence=0.15)
    assert found.scale > 0
    assert found.probability(0.9) > found.probability(0.1)


CASES = st.builds(
    Case, st.booleans(), st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0])), st.booleans()
)


@examples(deadline=None)
@given(st.lists(CASES, min_size=2, max_size=60), st.sampled_from([0.05, 0.15, 0.5, None]))
def test_any_cases_give_a_sound_fit(found: list[Case], silence: float | None) -> None:
    fit = fitted(found, OWN, silence=silence)
    assert 0 <= fit.related <= fit.answered <= 1
    assert (fit.fair, fit.strong) == (FAIR, STRONG)
    assert fit.scale > 0
    asked = [case for case in found if case.answerable]
    held = sum(fit.probability(case.score) < fit.answered for case in asked)
    assert silence is None or held <= silence * len(asked)
    # At the best bias, as many are expected to be right as were, the reader's own guess included.
    share = PRIOR / len(found)
    right = sum((case.right + share * case.score) / (1 + share) for case in found)
    assert sum(fit.probability(case.score) for case in found) == pytest.approx(right, abs=1e-4)


def test_measures_count_each_question() -> None:
    asked = [Case(True, 0.7, True), Case(True, 0.4, False), Case(True, 0.05, True)]  # noqa: FBT003
    others = cases([0.2, 0.02], answerable=False)
    found = measures([*asked, *others], [OWN] * 5)
    assert found["abstention_recall"] == 1 / 2
    assert found["wrongly_silent"] == 1 / 3
    assert found["answered_right"] == 1 / 3
    bands = [found[f"right_when_{band}"] for band in ("strong", "fair", "weak")]
    assert bands == [1.0, 0.0, 0.0]


# Is it better?


def test_a_line_that_separates_is_better_than_one_that_does_not() -> None:
    apart = cases([0.6 + n / 200 for n in range(40)]) + cases(
        [0.2 + n / 200 for n in range(40)], answerable=False
    )
    found = calibrated(apart, OWN, silence=0.15)
    assert found.better
    assert found.before["abstention_recall"] == 0.0
    assert found.after["abstention_recall"] == 1.0
    assert found.after["wrongly_silent"] <= 0.15


def test_bands_alone_can_be_better() -> None:
    own = replace(OWN, related=0.0005, answered=0.005, fair=0.9, strong=0.95)
    made = random.Random(3)
    # Right as often as 0.5 for a score of 0.02: the reader is far too unsure.
    scores = [made.choice([0.01, 0.02, 0.04]) for _ in range(200)]
    found = [Case(True, s, made.random() < 25 * s) for s in scores]  # noqa: FBT003
    apart = found + cases([0.004] * 50, answerable=False)
    verdict = calibrated(apart, own, silence=0.001)
    assert verdict.better
    assert "Where silence begins stays" in verdict.reason
    assert verdict.after["log_loss"] < verdict.before["log_loss"]
    assert verdict.after["wrongly_silent"] == verdict.before["wrongly_silent"] == 0.0
    assert not calibrated(apart, own, silence=0.001, force=True).reason.endswith("as it was.")


def test_what_chance_would_give_is_not_better() -> None:
    made = random.Random(1)
    asked = [Case(True, p := made.random(), made.random() < p) for _ in range(60)]  # noqa: FBT003
    found = calibrated(
        asked + cases([0.05] * 30, answerable=False), replace(OWN, answered=0.1), silence=0.15
    )
    assert not found.better
    assert found.reason


def test_the_slope_of_a_regressions_loss_is_flat_where_it_ends() -> None:
    import numpy as np

    made = np.random.default_rng(0)
    design = np.column_stack([made.normal(size=(50, 2)), np.ones(50)])
    target, offset, penalty = made.random(50), made.normal(size=50), np.array([1.0, 5.0, 0.0])
    found = logistic(design, target, offset=offset, penalty=penalty)
    share = 1 / (1 + np.exp(-(design @ found + offset)))
    assert design.T @ (share - target) + penalty * found == pytest.approx(0.0, abs=1e-8)


# With an index.


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    index = tmp_path_factory.mktemp("hashed") / "index"
    Corpus.build(SEEDS, index=index, settings=Settings(model="hashing")).close()
    return index


@pytest.fixture
def settings(built: Path, tmp_path: Path) -> Settings:
    """Return settings that name a copy of the index, to be asked without a network's weights."""
    index = copied(built, tmp_path / "index")
    return Settings(
        index=str(index), model="hashing", reader="tests.doubles:OverlapReader", dense="exact"
    )


def write(folder: Path, lines: Sequence[str]) -> Path:
    file = folder / "gold.jsonl"
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    return write(tmp_path, GOLD[::4])


QUESTION = "Who denied the deal?"


def kept(settings: Settings) -> Fit | None:
    with Ledger.open(Path(settings.index)) as ledger:
        return fits.read(ledger.manifest.fit)


def test_a_fit_is_kept_and_questions_are_answered_by_it(settings: Settings, gold: Path) -> None:
    with Corpus.open(settings=settings) as corpus:
        before = corpus.read(QUESTION).spans
        found = calibrate.run(gold, settings, silence=0.3, force=True)
        assert found.kept
        assert corpus.fit == found.fit == kept(settings)
        answer = corpus.ask(QUESTION)
        after = corpus.read(QUESTION).spans
        status = corpus.status()
    assert [s.score for s in after] == [found.fit.probability(s.score) for s in before]
    assert [replace(s, score=0.0) for s in after] == [replace(s, score=0.0) for s in before]
    assert answer.scores["probability"] == after[0].score
    assert (answer.outcome == "answered") == (after[0].score >= found.fit.answered)
    assert status.calibration.startswith(f"fitted on {len(GOLD[::4])} questions for")
    with Corpus.open(settings=settings, calibrated=False) as corpus:
        assert corpus.read(QUESTION).spans == before


def test_looking_at_the_fit_first_changes_no_score(settings: Settings) -> None:
    with Corpus.open(settings=settings) as one, Corpus.open(settings=settings) as two:
        assert two.fit.questions == 0
        assert one.read(QUESTION).spans == two.read(QUESTION).spans


def test_the_shipped_reader_can_be_calibrated(seeds_index: Path, tmp_path: Path) -> None:
    index = copied(seeds_index, tmp_path / "index")
    settings = Settings(index=str(index), dense="exact")
    found = calibrate.run(write(tmp_path, GOLD[::12]), settings, silence=0.3, force=True)
    assert found.fit.reader.startswith("askcorpus-reader-")
    with Corpus.open(settings=settings) as corpus:
        assert corpus.fit.thresholds.answered == found.fit.answered
        assert not any("calibration" in note for note in corpus.ask(QUESTION).notes)


def test_nothing_is_kept_that_is_not_better(settings: Settings, tmp_path: Path) -> None:
    few = write(tmp_path, GOLD[::10])
    found = calibrate.run(few, settings, silence=0.3)
    assert not found.better
    assert not found.kept
    assert kept(settings) is None
    assert calibrate.run(few, settings, silence=0.3, force=True).kept
    assert kept(settings) == found.fit


def test_a_fit_survives_indexing_again_but_not_another_folder(
    settings: Settings, tmp_path: Path
) -> None:
    with Ledger.writing(Path(settings.index)) as ledger:
        fit = fits.written(replace(OWN, questions=20))
        ledger.keep(replace(ledger.manifest, fit=fit))
    Corpus.build(SEEDS, index=settings.index, settings=settings).close()
    assert kept(settings) == replace(OWN, questions=20)
    (other := tmp_path / "other").mkdir()
    (other / "new.txt").write_text("Another folder.")
    Corpus.build(other, index=settings.index, settings=settings, rebuild=True).close()
    assert kept(settings) is None


def test_another_reader_says_that_it_does_not_use_the_fit(settings: Settings, gold: Path) -> None:
    calibrate.run(gold, settings, force=True)
    other = replace(settings, reader="tests.evaluate.test_calibrate:Silent")
    with Corpus.open(settings=other) as corpus:
        assert corpus.fit.questions == 0
        notes = corpus.ask(QUESTION).notes
    assert any("made with the reader overlap" in note for note in notes)


class Silent:
    """A reader that proposes nothing."""

    def read(self, *_: object) -> list[Any]:
        return []


@pytest.mark.parametrize(
    "text",
    ["garbage", "[]", '{"reader": "x"}', json.dumps(asdict(OWN)), '{"scale": "x"}', "\ud83d\ude00"],
)
def test_a_garbled_fit_is_told_and_not_used(settings: Settings, text: str) -> None:
    with Ledger.writing(Path(settings.index)) as ledger:
        note(ledger, "fit", text.encode("utf-16", "surrogatepass").decode("utf-16"))
    with Corpus.open(settings=settings) as corpus:
        assert corpus.fit.questions == 0
        assert any("garbled" in note for note in corpus.ask(QUESTION).notes)
        assert corpus.status().calibration == "garbled"
    assert calibrate.reset(settings)
    assert kept(settings) is None


def line(number: int, *, answerable: bool) -> str:
    return json.dumps({"question": f"Who is {number}?", "answers": ["x"] if answerable else []})


@pytest.mark.parametrize(
    ("answerable", "others", "silence", "message"),
    [
        (10, 9, 0.15, "19 questions are too few"),
        (30, 0, 0.15, "None of the 30 questions is unanswerable"),
        (0, 30, 0.15, "None of the 30 questions is answerable"),
        (18, 5, 0.05, "18 answerable questions can't tell where 5.0% of them lie"),
    ],
)
def test_questions_that_do_not_suffice_are_told(
    tmp_path: Path, answerable: int, others: int, silence: float, message: str
) -> None:
    lines = [line(n, answerable=True) for n in range(answerable)]
    lines += [line(n, answerable=False) for n in range(others)]
    with pytest.raises(UsageError, match=message) as caught:
        calibrate.run(write(tmp_path, lines), Settings(index="none"), silence=silence)
    assert caught.value.hint


def test_a_missing_index_is_told_and_not_made(tmp_path: Path, gold: Path) -> None:
    settings = Settings(index=str(tmp_path / "none"), model="hashing")
    with pytest.raises(IndexMissingError):
        calibrate.run(gold, settings)
    assert not (tmp_path / "none").exists()


def test_an_index_that_is_being_written_is_told(settings: Settings, gold: Path) -> None:
    with hold(Path(settings.index)), pytest.raises(IndexBusyError):
        calibrate.run(gold, settings)


def test_an_index_that_can_not_be_written_is_told(settings: Settings, gold: Path) -> None:
    lock = Path(settings.index) / "lock"
    lock.unlink()
    lock.mkdir()
    with pytest.raises(UsageError, match="isn't a file of askcorpus's"):
        calibrate.run(gold, settings)


def test_the_command_prints_keeps_and_resets(
    settings: Settings,
    gold: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("index", "model", "reader", "dense"):
        monkeypatch.setenv(f"ASKCORPUS_{name.upper()}", getattr(settings, name))

    def called(*args: str) -> int:
        with pytest.raises(SystemExit) as left:
            main(["calibrate", *args])
        return int(left.value.code or 0)

    assert called(str(gold), "--force", "--silence", "0.3") == 0
    said = capsys.readouterr()
    assert "abstention_recall" in said.out
    assert "ept" in said.err
    assert called(str(gold), "--force", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert data["kept"]
    assert data["fit"]["questions"] == len(GOLD[::4])
    assert called("--reset") == 0
    assert "What is shipped counts again." in capsys.readouterr().err
    assert kept(settings) is None
    assert called("--reset") == 0
    assert "There was no calibration." in capsys.readouterr().err
    assert called() == called(str(gold), "--reset") == 2
    assert called(str(gold), "--silence", "1") == 2
