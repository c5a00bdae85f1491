"""The words on menus, buttons and section names of web pages, as they survive in plain text."""

from __future__ import annotations

SOCIAL = frozenset(
    """facebook twitter x instagram youtube linkedin pinterest reddit tumblr flipboard whatsapp
    telegram snapchat tiktok messenger google+ google rss feed feeds share tweet pin email
    e-mail print post save like copy link pocket digg stumbleupon vk""".split()
)
"""Networks, and the ways to share that stand beside them."""
SECTIONS = frozenset(
    """news top world us u.s usa uk europe asia africa americas middle east national international
    nation local regional metro state city community politics political elections congress
    policy government opinion opinions editorial editorials commentary columnists columns
    letters analysis business economy markets money finance personal stocks investing banking
    companies industry technology tech gadgets mobile internet gaming games science space
    nature environment climate energy health medicine wellness fitness education religion faith
    military defense security law justice crime courts sports sport football soccer basketball
    baseball hockey tennis golf cricket rugby boxing racing nfl nba mlb nhl ncaa wnba mls
    olympics entertainment celebrity celebrities music movies film films tv television theater
    theatre arts art books culture style fashion beauty life lifestyle living home homes garden
    food drink recipes restaurants dining travel autos cars automotive real estate property
    family parenting relationships people society history photos pictures photography galleries
    gallery video videos podcast podcasts audio radio live blogs blog features feature special
    reports report investigations series magazine latest breaking headlines stories topics
    trending popular obituaries weather traffic lottery horoscope horoscopes crossword puzzles
    comics cartoons events calendar & and""".split()
)
"""Words of which the names of a newspaper's sections are made."""
CONTROLS = frozenset(
    label.strip()
    for label in """home | menu | search | sections | all sections | login | log in | log out |
    logout | sign in | sign out | sign up | register | subscribe | subscribe now | subscriptions |
    subscription | newsletter | newsletters | email newsletters | my account | account |
    profile | settings | contact | contact us | about | about us | careers | jobs | advertise |
    advertise with us | advertising | classifieds | privacy | privacy policy | privacy notice |
    privacy statement | terms | terms of use | terms of service | terms and conditions |
    terms & conditions | cookie policy | cookies | legal | disclaimer | accessibility | help |
    help center | faq | faqs | feedback | support | sitemap | site map | rss feeds | apps |
    mobile apps | archive | archives | shop | store | marketplace | e-edition | e-paper |
    today's paper | digital edition | print edition | home delivery | customer service | more |
    see all | view all | show all | all | close | back | next | previous | prev | cancel |
    submit | go | ok | reply | replies | comment | comments | follow | follow us | connect |
    connect with us | share this | corrections | press | press releases | press room |
    media kit | licensing | reprints | permissions | back issues | site index | adchoices |
    ad choices | closed captioning | newsroom contacts | write for us | submit a tip |
    send us tips | staff | masthead | our team | editorial guidelines | ethics |
    ethics policy | community guidelines | gift subscriptions | manage subscription | donate |
    become a member | edition | editions | english | español | en español | most read |
    most popular | top stories | read more | learn more | latest news | skip to content |
    place an ad | giveaways | contests | promotions | sponsored content | partners | mobile |
    tags | tag | categories | category | loading | play | pause | mute | fullscreen | replay |
    transcript | embed | permalink | report | flag | edit | delete""".split("|")
)
"""Labels of links and buttons that every site has."""
