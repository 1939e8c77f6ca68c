"""A plain event loop that computes what an analysis document means, to compare the engine with.

Slow on purpose, and independent on purpose: nothing here imports or imitates the package's own columns, analysis
or engine. Where the two differ, one of them misreads the rules.
"""
