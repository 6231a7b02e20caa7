"""Question sets in, a report out: the same assistant that is served answers every question.

Knows nothing of the web page and the other commands; ``dateline eval`` finds it by entry point.
"""
