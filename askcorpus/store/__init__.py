"""The index on disk: the ledger is the record, everything else is derived from it.

    index/
    ├── ledger.sqlite3      documents, passages, full text and vectors   (ledger, lexical, schema)
    ├── lock                held by the one process that indexes         (lock)
    └── chroma/<number>/    vector indexes built from the ledger         (generations, chroma)

    ledger       all there is to know about an index
    schema       the tables, and the number of their format
    entry        what a ledger says is checked before anything relies on it
    mark         which indexes this user's askcorpus has made
    rows         between the tables' rows and the records
    lexical      BM25 over full text
    blobs        vectors in and out of the ledger
    search       which of the two vector stores searches, and when it must be opened again
    exact        every vector compared
    chroma       the owner of chromadb
    manifest     what the index says of itself
    generations  which Chroma directory is used, whether it is sound, how the next one is made
    erase        forgets documents for good
    files        the names inside an index directory
    lock         one process at a time writes

A passage's id is its row number in the ledger and only grows. A Chroma directory holds the
passages up to a watermark (an id) and is never written after it was named in the ledger; what
is newer is searched exactly. `exact` needs nothing but the ledger's vectors, and is what answers
when Chroma can't. Everything here belongs to its owner only (0700, 0600).
"""
