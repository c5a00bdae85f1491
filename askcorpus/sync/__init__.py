"""Brings an index in step with its folders.

run        one run: take in what is new or changed, remove what is gone
scope      which folders those are, and what is wanted of them
inventory  what the index holds, and so needn't be read again
listing    what is in the folders now, and which files are gone
state      how an index stands, and which cited files have changed since
intake     documents into the index: chunked, embedded in groups, stored
"""
