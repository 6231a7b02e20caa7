"""People and programs on one side, answers on the other: web chat, command line, interfaces.

Knows nothing of how articles are stored or answers are found: it asks ``rag`` and shows.
"""
