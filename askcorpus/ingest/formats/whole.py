"""All that a web page shows, and whether all of it is main text.

A page of links around an article has to be told from one that somebody wrote by hand, exported or
cut out: that one has no navigation, and looking for its main part would only lose the rest.
"""

from __future__ import annotations

from typing import Any

from askcorpus.ingest.formats.blocks import HTML, UNSEEN, Blocks

MOST_LINKED = 0.12
"""Share of a page's characters that are links to other pages, above which it may be navigation.
Chosen in eval/LOG.md, "Web pages"."""
LEAST_MAIN = 0.5
"""Share of a page that its main part is at least, unless it was found wrongly."""

_LISTS = frozenset({"nav"})
_NAVIGATION = _LISTS | {"aside", "header", "footer", "menu"}
_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "menu", "menubar"})
_NO_PAGE = ("#", "mailto:", "tel:", "cid:", "data:", "javascript:")


def whole(tree: Any) -> Blocks:
    """Return all that a page shows, but for its lists of links to the rest of a site."""
    blocks = Blocks()
    blocks.add(tree, HTML, UNSEEN | _LISTS)
    return blocks


def all_is_main(tree: Any, everything: str, main: str) -> bool:
    """Return whether all of a page is to be read, and not only what was found to be its main part.

    Args:
        tree: The page.
        everything: All that it shows.
        main: Its main part; empty where none was found.
    """
    linked, navigated = _links(tree)
    lists = sum(_size(text) for lists in tree.iter(*_LISTS) for text in lists.itertext())
    size = _size(everything) + lists
    lost = not navigated or _size(main) < LEAST_MAIN * size
    return not main or (lost and linked <= MOST_LINKED * size)


def _links(tree: Any) -> tuple[int, bool]:
    """Return how many characters link to other pages, and whether such links are marked as a list.

    A link inside the page, or to an address, leads nowhere else.
    """
    from lxml import etree

    linked = inside = 0
    navigated = False
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if element.tag in _NAVIGATION or element.get("role") in _ROLES:
            inside += 1 if event == "start" else -1
        if event == "start" and element.tag == "a" and _leads_away(element):
            linked += sum(map(_size, element.itertext()))
            navigated = navigated or inside > 0
    return linked, navigated


def _leads_away(link: Any) -> bool:
    return not (link.get("href") or "#").strip().casefold().startswith(_NO_PAGE)


def _size(text: str) -> int:
    """Return how many characters a text has, without white space."""
    return sum(map(len, text.split()))
