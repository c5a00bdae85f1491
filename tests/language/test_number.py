from __future__ import annotations

import pytest

from askcorpus.language.number import is_many, is_plural


@pytest.mark.parametrize("noun", ["missiles", "cities", "people", "children", "men"])
def test_a_plural_is_told_by_its_form(noun: str) -> None:
    assert is_plural(noun)
    assert is_many(noun)


@pytest.mark.parametrize("noun", ["news", "crisis", "campus", "press", "bus", "minister's", "deal"])
def test_not_every_word_in_s_is_plural(noun: str) -> None:
    assert not is_plural(noun)
    assert not is_many(noun)


@pytest.mark.parametrize("noun", ["police", "media"])
def test_a_group_is_many_but_no_plural(noun: str) -> None:
    assert is_many(noun)
    assert not is_plural(noun)
