"""The networks that a span reader runs, and their input.

shipped   the reader's weights in the package, checked when they are opened
brought   a question-answering model that the user brings instead
folder    the files of such a model, and where they are found
template  the form of its input
pairs     a question and a passage as input, and logits as spans of tokens
"""
