"""What a typed line asks: everything about a question that needs no index.

query       the record that goes through the stages, and how the line was understood
understand  a typed line as a Query: its filters, and what it leaves to the conversation
checks      limits of what can be asked
filters     `file:`, `after:`, `before:`, `-word` and `"phrase"` in a question
spelling    unknown words read as the nearest ones that the documents use
kind        what kind of thing is asked for, and whether several
lengths     how much of a long question each step looks at
followup/   what a follow-up question leaves to the conversation
"""
