"""Brings an index in step with its folders.

run      one run: read, chunk, embed and store what is new or changed, remove what is gone
scope    which folders those are, and what is wanted of them
listing  what is in them now, and which files are gone
known    what needn't be read or embedded again
"""
