from __future__ import annotations

import pytest

from askcorpus.ingest.extracted import Extracted
from askcorpus.ingest.formats import markdown


def parse(text: str) -> Extracted:
    found = markdown.parse(text.encode())
    assert isinstance(found, Extracted)
    assert found.text == text
    return found


def headings(text: str) -> list[tuple[int, str]]:
    found = parse(text)
    return [(h.level, text[h.start : h.end]) for h in found.headings]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_headings_are_whole_lines_with_their_level(end: str) -> None:
    text = end.join(["# Top #", "words", "", "  ### Third", "Under", "=====", "", "Two", "---", ""])
    assert headings(text) == [
        (1, "# Top #"),
        (3, "### Third"),
        (1, f"Under{end}====="),
        (2, f"Two{end}---"),
    ]


def test_code_lists_and_rules_hold_no_headings() -> None:
    text = (
        "```sh\n# comment\n~~~\n```\n\n    # code\n\n#hashtag\n\n- item\n---\n\ntext\n\n---\n"
        "~~~~\n# x\n~~~\nTitle\n===\n~~~~\n####### seven\n# \n"
    )
    assert headings(text) == []


def test_a_rule_below_a_paragraph_of_several_lines_makes_no_heading() -> None:
    assert headings("One line of words,\nand another.\n---\nMore.\n") == []


def test_an_unclosed_fence_holds_the_rest() -> None:
    assert headings("# a\n```\n# b\n") == [(1, "# a")]


def test_the_first_top_heading_is_the_title() -> None:
    assert parse("## Second\n\n# The *title* #\n\n# Another\n").title == "The *title*"


def test_front_matter_states_title_date_and_author_and_is_not_content() -> None:
    front = (
        '---\ntitle: "A: title"\ndate: 2014-07-27T10:00:00Z\nauthors:\n  - Ann Lee\ntags: [x]\n---'
    )
    found = parse(front + "\n# Heading\n\nWords.\n")
    assert (found.title, found.date, found.byline) == ("A: title", "2014-07-27", "Ann Lee")
    assert [(m.reason, found.text[m.start : m.end]) for m in found.boilerplate] == [
        ("front matter", front)
    ]
    assert [h.start for h in found.headings] == [len(front) + 1]


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    text = "---\n\nThe arsonist was Quentin Marlow.\n\nHe confessed in Dover.\n\n---\n\nMore.\n"
    assert parse(text).boilerplate == ()
