"""What is made of the globs that files are named by."""

from __future__ import annotations

import pytest

from askcorpus.question.checks import checked, checked_k


@pytest.mark.parametrize(
    ("glob", "meant"),
    [
        ("/home/me/notes/2024/*.md", "2024/*.md"),  # a path as a shell completes it
        ("./2024/*.md", "2024/*.md"),
        ("2024/*.md", "2024/*.md"),
        ("/home/me/notes2/*.md", "/home/me/notes2/*.md"),  # another folder
        ("2024/home/me/notes/a.md", "2024/home/me/notes/a.md"),
    ],
)
def test_a_glob_may_begin_with_the_folder(glob: str, meant: str) -> None:
    assert checked("who?", "/home/me/notes", files=glob).files == (meant,)


def test_k_is_the_setting_s_unless_another_is_asked_for() -> None:
    assert (checked_k(None, 7), checked_k(3, 7)) == (7, 3)
