from __future__ import annotations

import pytest

from askcorpus.ingest.boilerplate import MAX_LINES, mark
from askcorpus.ingest.extracted import Extracted
from askcorpus.ingest.formats import plain
from tests.conftest import SEEDS

STATED = {
    "000": ("Hamas Looking to North Korea for Weapons", "2014-07-27", None),
    "001": ("Hamas-North Korea Arms Deal As Terrorist Weaponry Runs Low", None, None),
    "002": ("Hamas reportedly talking arms deal with North Korea", None, None),
    "003": ("North Korea Denies Secret Arms Deal With Hamas", None, "Dave Bohon"),
    "004": ("Hamas trying to cut an arms deal with North Korea", None, None),
}
MARKED = {
    "000": [
        ("reading time", "2 min read"),
        ("sharing", "Share this article"),
        ("donation appeal", "Donate today to support Israel’s needy"),
        (
            "self-promotion",
            "Prophecy from the Bible is revealing itself as we speak. Israel365 News is the only "
            "media outlet reporting on it.",
        ),
        (
            "newsletter",
            "Sign up to our free daily newsletter today to get all the most important stories "
            "directly to your inbox. See how the latest updates in Jerusalem and the world are "
            "connected to the prophecies we read in the Bible. .",
        ),
    ],
    "001": [
        ("title repeated", "Hamas-North Korea Arms Deal As Terrorist Weaponry Runs Low"),
        ("comment notice", "Please let us know if you're having issues with commenting."),
    ],
    "002": [
        ("skip link", "Skip to main content"),
        ("navigation", "1. News"),
        ("navigation", "2. Top News"),
        ("related links", "See also"),
    ],
    "003": [
        ("title repeated", "North Korea Denies Secret Arms Deal With Hamas"),
        ("link to more", "Click here to read the entire article."),
        (
            "newsletter",
            "The JBS Weekly Member Update offers activism tips, new educational tools, upcoming "
            "events, and JBS perspective. Every Monday this e-newsletter will keep you informed on "
            "current action projects and offer insight into news events you won't hear from the "
            "mainstream media.",
        ),
        ("social line", "JBS Facebook JBS Twitter JBS YouTube JBS RSS Feed"),
    ],
    "004": [("section label", "US News")],
}


def seed(number: str) -> Extracted:
    (path,) = SEEDS.glob(f"{number}_*.txt")
    found = plain.parse(path.read_bytes())
    assert isinstance(found, Extracted)
    return found


def marked(text: str) -> list[tuple[str, str]]:
    return [(found.reason, text[found.start : found.end]) for found in mark(text)]


@pytest.mark.parametrize("number", STATED)
def test_a_seeds_title_date_and_byline_are_those_it_states(number: str) -> None:
    found = seed(number)
    assert (found.title, found.date, found.byline) == STATED[number]


@pytest.mark.parametrize("number", MARKED)
def test_exactly_the_boilerplate_of_a_seed_is_marked(number: str) -> None:
    found = seed(number)
    assert [(m.reason, found.text[m.start : m.end]) for m in found.boilerplate] == MARKED[number]


def test_the_repeated_title_is_the_second_one() -> None:
    found = seed("001")
    assert found.text.index(found.title or "?") < found.boilerplate[0].start


ARTICLE = "The mayor opened the bridge on Monday.\n\nIt took four years to build.\n\n"


def is_marked(line: str) -> bool:
    """Return whether a line at an article's end is marked, and nothing else is."""
    found = marked(ARTICLE + line + "\n")
    assert all(text == line for _, text in found)
    return bool(found)


@pytest.mark.parametrize(
    "line",
    [
        "Skip to content",
        "SHARE THIS ARTICLE Share Tweet Post Email",
        "Share on Facebook",
        "ADVERTISEMENT",
        "Story Continued Below",
        "4-minute read",
        "Read more: Parliament votes on the new bridge tax",
        "Subscribe to our weekly newsletter.",
        "Get the day’s stories delivered to your inbox.",
        "Follow @cityhall on Twitter",
        "Please consider making a donation to keep us going.",
        "Leave a comment",
        "Comments are closed.",
        "This website uses cookies to improve your experience.",
        "© 2014 The Daily Bridge. All rights reserved.",
        "Copyright © 2019 The Daily Bridge, LLC.",
        "Home > News > Local",
        "Download the Daily Bridge app for iPhone",
    ],
)
def test_boilerplate_is_marked(line: str) -> None:
    assert is_marked(line)


@pytest.mark.parametrize(
    "line",
    [
        "Photo of Pyongyang's Kim Il Sung Square, North Korea: AP Images",
        "Additional reporting by Marisa Schultz, with Post wires",
        "Image copyright Getty Images",
        "The Associated Press contributed to this report.",
        "By: Dave Bohon",
        "July 27, 2014",
        "Share prices fell on Friday.",
        "He told his followers to subscribe to the theory that newspapers lie.",
        "Comments are not evidence, the judge said.",
        "Copyright infringement rose in 2014, according to the report.",
        "(c) the Tax Act of 1986, as amended, and all rules made under it;",
        "We use cookies as a crust for this cake.",
        "If you value this freedom, you must vote.",
        "Donate blood on Friday at the town hall.",
        "Follow the money, the investigators were told.",
        "It is the only newspaper in the county.",
        "The newsletter of 1911 was found in the archive.",
        "Home",
        "Facebook",
    ],
)
def test_content_is_not_marked(line: str) -> None:
    assert not is_marked(line)


def test_what_closes_a_page_is_not_marked_at_its_beginning() -> None:
    line = "Our newsletter can keep you informed.\n\n"
    assert marked(ARTICLE * 8 + line) == [("newsletter", line.strip())]
    assert marked(line + ARTICLE * 8) == []


MENU = "Home\nNews\nSports\nContact Us\nGiants\n"


def test_a_menu_is_marked_with_the_labels_of_its_own() -> None:
    assert marked(MENU + "\n" + ARTICLE) == [
        ("navigation", label) for label in MENU.split()[:3]
    ] + [
        ("navigation", "Contact Us"),
        ("navigation", "Giants"),
    ]


def test_a_list_of_subjects_or_companies_is_no_menu() -> None:
    assert marked(ARTICLE + "Music\nSports\nTravel\nHistory\nFilm\nReading\n") == []
    assert marked(ARTICLE + "Facebook\nTwitter\nGoogle\nApple\nMicrosoft\nReddit\n") == []


def test_a_section_label_needs_a_title_below_it() -> None:
    assert marked("Politics\n\nThe vote is over.\n\nMore words.\n") == []


def test_a_text_that_is_nearly_all_boilerplate_is_left_unmarked() -> None:
    assert marked("Share this article\n\nLeave a comment\n\nAdvertisement\n\nYes.\n") == []


def test_a_text_of_very_many_lines_is_left_unmarked() -> None:
    assert marked("Share this article\n" + "words of some kind\n" * MAX_LINES) == []


def test_marks_do_not_depend_on_line_ends() -> None:
    text = MENU + "\n" + ARTICLE + "Share this article\n"
    assert marked(text.replace("\n", "\r\n")) == marked(text)
    assert marked(text.replace("\n", "\r")) == marked(text)
