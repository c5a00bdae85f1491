"""Where something else than prose answers.

rows    where in the rows of a table, a receipt or a list an answer may stand
tables  finds the rows in a text
lists   enumerations, which answer as a whole where several things are asked for
"""
