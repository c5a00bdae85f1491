"""The index on disk: the ledger is the record, everything else is derived from it.

    index/
    ├── ledger.sqlite3      documents, passages, full text and vectors   (ledger, lexical, database)
    ├── lock                held by the one process that indexes         (lock)
    └── chroma/<number>/    vector indexes built from the ledger         (generations, chroma)

A passage's id is its row number in the ledger and only grows. A Chroma directory holds the
passages up to a watermark (an id) and is never written after it was named in the ledger; what
is newer is searched exactly. `exact` needs nothing but the ledger's vectors, and is what answers
when Chroma can't. Everything here belongs to its owner only (0700, 0600).
"""
