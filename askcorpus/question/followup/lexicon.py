"""The words that the rules for follow-up questions alone know, and the tokens they look at.

What English has once and for all, its auxiliaries and prepositions, is in `language/`. These lists
are as long as the rules needed them: common verbs, offices, what "it" may be said to do.
"""

from __future__ import annotations

import re

from askcorpus.language.dates import MONTHS, WEEKDAYS

TOKEN = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:[-’'&][^\W_]+)*")
QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|(?<!\w)'[^']*'(?!\w)|(?<!\w)‘[^’]*’(?!\w)")

COUNTS = frozenset(
    """dozens hundreds thousands millions kind kinds many much number percentage proportion
    several share sort sorts ton tons type types few lots""".split()
)
# Adverbs and adjectives that stand after a subject and end it.
AFTER_SUBJECT = frozenset(
    """worth able ready likely still already also ever never now yet first really actually
    only just new eager responsible said less more""".split()
)
# Plain forms of common verbs: they end a subject after "did" or "would".
VERBS = frozenset(
    """accept accuse add adopt affect agree aim allow announce appeal appear apply approve
    argue arrest arrive ask attack avoid become begin believe belong bid blame block
    bomb borrow break bring build burn buy call cancel carry catch cause celebrate
    change charge choose claim close collapse collect come compare complain complete
    concern confirm contain continue control convict cooperate cost cover create cut
    damage deal decide declare decline defend delay deliver demand deny depend describe
    deserve destroy develop die differ disagree discover discuss do draw drive drop earn
    eat elect employ end enter escape establish exist expect explain export extend face
    fail fall fear feel fight file find fire fix fly focus follow force form gain get
    give go govern grow handle happen have hear help hide hire hit hold hope hurt import
    include increase inform injure insist intend invest investigate invite issue join
    keep kill know lack land last launch lead learn leave lend let lift like limit live
    look lose love make manage mark marry mean measure meet mention move name need
    negotiate obtain occur offer open operate oppose order own pass pay perform permit
    phone plan play plead post postpone prefer prepare present prevent prohibit promise
    propose protect prove provide publish pull purchase pursue push put quit raise reach
    read receive recognise recognize recommend recover reduce refer refuse reject
    release rely remain remember remove rent renew repair replace reply report represent
    require resign resist resolve respond rest result retire return reveal rise rule run
    save say search see seek seem seize sell send serve set settle share ship shoot shut
    sign sing sit sleep solve speak spend spread stand start state stay steal stop
    strike study submit succeed sue suffer suggest supply support surrender survive
    suspend take talk target teach tell terminate test testify think threaten trade
    train transfer travel treat trust try turn understand urge use violate visit vote
    wait walk want warn watch wear weigh win withdraw work worry write""".split()
)
IRREGULAR = dict(
    pair.split(":")
    for pair in """beat:beat became:become began:begin bid:bid bought:buy broadcast:broadcast
    broke:break brought:bring built:build came:come caught:catch chose:choose cost:cost
    died:die drew:draw fell:fall felt:feel fought:fight found:find gave:give got:get
    had:have heard:hear held:hold hit:hit kept:keep knew:know led:lead left:leave
    lent:lend let:let lost:lose made:make meant:mean met:meet paid:pay put:put ran:run
    rose:rise said:say sang:sing sat:sit saw:see sent:send shot:shoot sold:sell
    spent:spend spoke:speak stole:steal stood:stand struck:strike taught:teach
    thought:think threw:throw told:tell took:take went:go won:win wore:wear wrote:write
    used:use fired:fire named:name phoned:phone closed:close blamed:blame caused:cause""".split()
)
PARTICIPLES = frozenset(
    """been begun bound bought broken built caught chosen done fallen felt fought found
    given gone got heard held hidden hit kept known led left lent let lost made meant
    met paid put run seen sent shot sold spent stolen struck taken taught thought told
    won worn written""".split()
)
# With these, "it" stands for nothing: "is it true that", "was it raining".
EMPTY_IT = frozenset(
    """true false known unknown possible impossible clear unclear certain likely unlikely
    legal illegal safe important necessary hard easy difficult better best common normal
    wise fair assumed planned said believed reported thought claimed rumoured rumored
    alleged revealed confirmed raining snowing cold hot dark late early because okay ok
    wrong right""".split()
)
SPEECH = frozenset(
    """said say says saying claim claims claimed confirm confirms confirmed report reports
    reported believe believes believed think thinks thought reveal revealed admit
    admitted announced announce allege alleged state stated deny denies denied""".split()
)
ORGANISATION = frozenset(
    """agency administration army association bank board commission committee company
    council corporation court embassy firm forces government group guard herald house
    institute journal mail military militia minister's ministry movement nation nations
    navy network news newspaper office republic kingdom empire county university city
    island organisation organization outlet paper parliament party police post regime
    school senate star state states studio team telegraph times tribune troops union
    university""".split()
)
FEMALE = frozenset(
    "actress aunt daughter girl lady madam miss mother mrs ms princess queen sister spokeswoman "
    "wife woman chairwoman".split()
)
MALE = frozenset(
    "boy brother father gentleman husband king man mr prince sir son spokesman uncle "
    "chairman".split()
)
PERSON = (
    FEMALE
    | MALE
    | frozenset(
        """actor adviser analyst author boss captain ceo cfo chairman chief colonel commander
    correspondent dictator diplomat director doctor dr editor expert general governor
    head journalist judge lawyer leader lieutenant mayor militant minister mp negotiator
    officer official pilot pm politician pope president professor reporter scientist
    secretary senator soldier speaker spokesperson teacher witness writer""".split()
    )
)
# What two sides have together: "their relationship", "when did they talk".
MUTUAL = frozenset(
    """agree agreement allies alliance between common conflict conversation cooperate deal
    disagree cooperation friends meet meeting met partner partners partnership quarrel
    relation relations relationship speak talk talked talks ties together""".split()
)
CALENDAR = WEEKDAYS | {*MONTHS, "May", "today", "yesterday"}
# Nouns that name a class: "that country" is the country spoken of.
CLASSES = frozenset(
    """agency army city company country group holiday man newspaper operation organisation
    organization outfit paper party person place regime town woman""".split()
)
# Of "it" these say what only somebody, a country or an organisation does or is.
AGENT_VERBS = frozenset(
    """accuse admit agree announce ask attack based believe blame buy call claim confirm
    decide demand deny describe do employ explain fight fire founded get give
    headquartered hide hold hope know located lose need offer own pay plan promise
    publish refuse reject report respond say seize sell send speak stop supply support
    tell think threaten try use want win""".split()
)
SHORT = {"s": " is", "re": " are", "ll": " will", "ve": " have", "d": " would"}
# "The population of Lyon": what is asked next is about Lyon.
ATTRIBUTES = frozenset(
    """age amount area capital cost date height length name number percentage population price
    sum time title total value weight year""".split()
)
# Words in -ing that stand before a noun: "a trading company".
MODIFIERS = frozenset(
    """banking building funding governing growing holding leading living manufacturing mining
    operating opening printing publishing remaining ruling shipping trading training
    working""".split()
)
