"""What isn't content in plain text, as a table: patterns for a whole line, and their name.

The rules are general on purpose: none names a site, and each needs the whole line to fit. They
are English, as the rest of the answering is. Photo credits, wire credits ("Additional reporting
by …"), datelines and corrections are content and match nothing here.

Chosen on every second page of the article extraction benchmark and on a sample of news articles;
`eval/bench/boilerplate.py` gives the figures for the other half.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Rule(NamedTuple):
    """Marks a line that `pattern` matches as a whole."""

    reason: str
    pattern: re.Pattern[str]
    max_chars: int
    needs: tuple[str, ...]
    """One of these, in lower case, must be in the line: spares most lines the slow patterns."""
    tail: bool
    """Whether it holds only in the last part of a document."""


def _rule(
    reason: str, *alternatives: str, max_chars: int = 120, needs: str = "", tail: bool = False
) -> Rule:
    whole = re.compile(rf"\W*(?:{'|'.join(alternatives)})\W*", re.IGNORECASE)
    return Rule(reason, whole, max_chars, tuple(needs.split()), tail)


_NETWORK = (
    r"(?:facebook|twitter|instagram|you ?tube|linked ?in|pinterest|reddit|tumblr|flipboard"
    r"|whats ?app|telegram|snapchat|tik ?tok|messenger|google ?(?:\+|plus|news)|i ?tunes"
    r"|apple (?:news|podcasts)|spotify|rss)"
)
_PIECE = r"(?:article|story|post|page|news|link|content|blog|video|entry|piece|column)"
_WORK = rf"(?:{_PIECE}|work|journalism|reporting|coverage|site|podcast|newsletter)"
_VIA = rf"(?:on|via|with|by|to|share|tweet|post|e-?mail|print|a friend|your friends|{_NETWORK})"
_PRESS = r"(?:journalism|news|media|reporting)"
_AND_MORE = r"(?: (?:now|today|here|to|of|and|for)\b.{0,160})?"

RULES = (
    _rule(
        "skip link",
        r"(?:skip|jump|go) (?:directly )?to (?:the )?(?:main |primary |page |site )?"
        r"(?:content|navigation|nav|search|article|menu|footer|header|sidebar)",
        r"(?:back|return|scroll) to (?:the )?top(?: of (?:the )?page)?",
    ),
    _rule(
        "sharing",
        r"(?:please )?(?:share|tweet|e-?mail|print|like|pin|save|bookmark) (?:this|the|our) "
        rf"{_PIECE}(?: {_VIA}\b\W*)*",
        r"share (?:this|on|via|with friends|your thoughts)",
        rf"(?:share|save|send|post) (?:this )?(?:on|via|to|by|with) (?:e-?mail|{_NETWORK})",
        r"click to (?:share|e-?mail|print)\b.{0,80}",
        r"copy (?:this )?link|link copied|copied to clipboard",
    ),
    _rule(
        "advertisement",
        r"(?:advertisements?|sponsored(?: content| by)?|paid content|promoted|ads?)"
        r"(?:\W+continue reading.{0,40})?",
        r"(?:story|article|content|text) continue[sd] (?:below|after)(?: (?:the )?ad\w*)?",
        r"continue reading (?:below|the main story)",
        r"scroll (?:down )?(?:to|for) (?:continue|more).{0,40}",
        r"(?:this )?ad(?:vert(?:isement)?)? will (?:close|end) in.{0,30}",
    ),
    _rule(
        "reading time",
        r"(?:about |a )?\d{1,3}[- ]min(?:ute)?s?\.? (?:to )?read(?:ing)?(?: time)?",
        r"(?:estimated )?read(?:ing)? time:? (?:about )?\d{1,3} ?min(?:ute)?s?",
    ),
    _rule(
        "link to more",
        r"click (?:here|to) (?:to |for )?(?:read|see|view|continue|watch|listen|more|the full"
        r"|subscribe|sign)\b.{0,90}",
        r"click (?:here )?for (?:more|reprint)\b.{0,80}",
        r"(?:read|see|view|show|load) (?:more|all|"
        rf"(?:the )?(?:full|rest|entire|whole|complete)(?: of (?:the|this))? {_PIECE})",
        r"(?:continue|keep) reading|read (?:on|next)|full story",
    ),
    _rule(
        "related links",
        r"see also|also see|also read|more on this(?: story| topic)?",
        r"more from (?:this|the) \w+(?: \w+)?",
        r"(?:related|recommended|suggested|similar|popular|trending|latest|more|top)"
        r" (?:articles?|stor(?:y|ies)|posts?|links?|coverage|videos?|topics?|headlines)"
        r"(?: from .{1,40})?",
        r"(?:most|more) (?:popular|read|viewed|shared|commented|e-?mailed)",
        r"you (?:may|might) (?:also )?(?:like|be interested in|enjoy)",
        r"recommended for you|what (?:to|you should) read next|trending now|don[’']t miss",
        r"must[- ]reads?|(?:from )?around the web|promoted stories",
    ),
    _rule(
        "related links",
        r"(?:read more|related|also read|see also|read next)(?: on| at)?:"
        r" (?:[^\s`|()]+ ){3,}.*[^.]",
        max_chars=170,
    ),
    _rule(
        "newsletter",
        r"(?:(?:please|to) )?(?:sign[- ]up|subscribe)\b.{0,300}\b(?:newsletters?|inbox"
        r"|e-?mail (?:alerts?|updates?|list)|mailing list|alerts|podcast|channel|updates)\b.*",
        r"(?:get|receive|want|have|let|join|enjoy|enter|be the first|never miss|stay (?:up|in)"
        r"|keep up)\b.{0,200}\b(?:(?:in|to|meet) your (?:e-?mail |mail)?(?:in)?box"
        r"|our (?:free |daily |weekly )*newsletters?|(?:our|the) mailing list"
        r"|your e-?mail address)\b.*",
        max_chars=420,
    ),
    _rule(
        "newsletter",
        r".{0,200}\bnewsletters?\b.{0,120}\b(?:keep you (?:informed|up to date|posted)"
        r"|your inbox|sign up|subscribe|unsubscribe)\b.*",
        r".{0,200}\b(?:delivered|sent|straight|directly|right) (?:straight |right |directly )?"
        r"to your inbox\b.*",
        max_chars=420,
        needs="newsletter inbox",
        tail=True,
    ),
    _rule(
        "newsletter",
        r"(?:sign[- ]up|subscribe)(?: (?:now|here|today|free))?|newsletter sign[- ]?up",
        r"by (?:signing|clicking|subscribing|submitting|registering)\b.{0,80}"
        r"\b(?:you|i) (?:agree|consent|confirm|accept|acknowledge)\b.*",
        r"(?:thanks|thank you) for (?:signing up|subscribing).{0,120}",
        r"(?:please )?(?:enter|provide) (?:a|your) (?:valid )?e-?mail(?: address)?.{0,60}",
        r"invalid e-?mail address.{0,120}",
        r"(?:you can )?(?:unsubscribe|opt out) (?:at )?any ?time.{0,60}|to unsubscribe.{0,120}",
        max_chars=300,
    ),
    _rule(
        "social line",
        r"(?:(?:please|and|you can|also) )?(?:follow (?:@?[\w.’'-]+,? ){1,6}?"
        r"|(?:like|find|join|friend|watch|connect with|visit) (?:us|me|@\w+) )"
        rf"(?:on|via|at) (?:@|our )?{_NETWORK}\b[^.]{{0,80}}",
        r"follow(?: us| me)?(?: on| at)?:?(?:\s*@\w+)+(?: (?:and|on) [@\w ]{1,40})?",
        r"follow us",
        max_chars=160,
    ),
    _rule(
        "donation appeal",
        r"(?:please )?donate (?:now|today|here|online)\b.{0,200}",
        rf"make a (?:tax[- ]deductible )?(?:donation|gift){_AND_MORE}",
        r"(?:please )?(?:consider|help us by) (?:making a )?"
        r"(?:donati(?:ng|on)|supporting us|contributing)\b.{0,200}",
        rf"(?:please )?support (?:us|our (?:work|journalism|mission|reporting)|(?:independent"
        rf"|nonprofit|quality|local|investigative) {_PRESS})\b.{{0,200}}",
        rf"become an? (?:\w+ ){{0,2}}(?:member|subscriber|supporter|patron){_AND_MORE}",
        r"(?:if you (?:like|liked|enjoy|enjoyed|value|appreciate)|did you (?:like|enjoy))"
        rf" (?:what we do|(?:reading )?(?:this|our) {_WORK})\b.{{0,250}}",
        max_chars=320,
    ),
    _rule(
        "comment notice",
        r"(?:please )?let us know if you(?:[’']re| are) having (?:issues|problems|trouble).{0,60}",
        r"(?:leave|post|add|write|make|submit) (?:a|your|new) (?:comment|reply|response).{0,60}",
        r"(?:view|show|see|hide|load|read|join)(?: (?:all|more|the))*(?: \d+)?"
        r" (?:comments?|discussion|conversation)(?: \(\d+\))?",
        r"\d[\d,]* comments?|comments? \(\d+\)|no comments(?: yet)?",
        r"(?:you must|please|you need to) (?:be |log |sign )?(?:logged |signed )?in to"
        r" (?:post a |leave a )?(?:comment|reply).{0,60}",
        r"comments? (?:are|is|have been) (?:now )?(?:closed|off|disabled|moderated|turned off"
        r"|not (?:available|open|allowed|enabled|accepted))\b.{0,160}",
    ),
    _rule(
        "cookie notice",
        r".{0,200}\b(?:(?:web)?site|page)(?: \w+)? uses? (?:\w+ ){0,2}cookies\b.*",
        r".{0,200}\bwe (?:and (?:our|third) [\w -]{1,30} )?use (?:\w+ )?cookies"
        r" (?:to|and|on|for|in order)\b.*",
        r"by (?:continuing|using|browsing|clicking|closing)\b.{0,160}\bcookies?\b.*",
        r"(?:accept|reject|manage|allow)(?: all)? cookies",
        r"cookies? (?:policy|settings|preferences|notice|consent)",
        max_chars=600,
        needs="cookie",
    ),
    _rule(
        "copyright line",
        # Not "(c)" alone, which counts a contract's clauses, nor "Copyright" in a sentence.
        r"(?:content |text |story )?(?:copyright|©)[\s:]*(?:©|\(c\)|copyright)?\s*"
        r"(?:19|20)\d\d\b.{0,200}",
        r"(?:copyright )?©(?: copyright)? [\w.,&’' -]{1,60} (?:19|20)\d\d\b.{0,200}",
        r".{0,120}\ball rights reserved",
        r".{0,60}(?:copyright|©).{0,100}\ball rights reserved\b.{0,160}",
        r"this material may not be published, broadcast\b.{0,120}",
        max_chars=300,
        needs="copyright © rights material",
    ),
    _rule(
        "self-promotion",
        r".{0,160}\bis the only (?:\w+ ){0,2}(?:outlet|site|source|organi[sz]ation|newspaper"
        r"|website|publication|magazine)\b.{0,60}"
        r"\b(?:reporting|covering|brings?|bringing|publishing)\b.{0,60}",
        max_chars=320,
        needs="only",
        tail=True,
    ),
    _rule(
        "app promotion",
        r"(?:click (?:here )?(?:to get|for)|download|get|install) (?:the|our)"
        r" (?:[\w’'-]+ ){0,4}apps?(?: (?:now|today|here|for|from|on)\b.{0,80})?",
    ),
    _rule(
        "page control",
        r"(?:prev(?:ious)? |next )?(?:image|slide|photo) \d+ of \d+(?: (?:prev(?:ious)?|next))?",
        r"slideshow \(\d+ images?\)|loading|now playing|just watched|must watch",
        r"toggle (?:navigation|menu|caption)",
        r"(?:open|close|main|show|hide|expand|collapse)(?: (?:the|main|site|mobile))*"
        r" (?:menu|navigation|sidebar|search)",
        r"(?:please )?enable javascript.{0,100}",
        r"javascript (?:is|must be) (?:disabled|enabled|required).{0,100}",
        r"(?:your )?browser (?:does not|doesn[’']t) support.{0,100}",
        r"media playback is unsupported.{0,60}|ad ?choices",
        r"this article is more than \d+ (?:year|month)s? old",
        r"your california privacy rights|do not sell my (?:personal )?(?:info|information|data)",
        max_chars=160,
    ),
    _rule(
        "disclaimer",
        r"(?:the )?(?:views|opinions)(?: and (?:views|opinions))? expressed\b.{0,80}"
        r"\b(?:authors?|writers?|columnists?|contributors?|commentators?)\b.{0,60}"
        r"\b(?:own|do(?:es)? not|not necessarily)\b.{0,160}",
        max_chars=320,
        tail=True,
    ),
)
