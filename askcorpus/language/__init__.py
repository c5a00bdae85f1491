"""What is known of English, once each: a second language would begin by replacing this package.

    words       words, their folded forms and stems, and the stop words among them
    sentences   where sentences and clauses end
    taken       passages taken apart once, for all the stages that ask
    names       which words of a text are names, and whether a text speaks of one
    grammar     the closed classes: auxiliaries, question words, determiners, prepositions
    number      plural nouns, small numbers in words
    dates       days and months
    negation    what says no, and what turns a phrase around
    asking      the words by which a question says what it asks for

Each library that knows English is owned here: sentencex and snowballstemmer. The rules that use
these words stay with their stage; the words of follow-up questions alone, which follow those rules
one by one, stand beside them in `question/followup/lexicon`.
"""
