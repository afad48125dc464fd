"""What an author is told while writing: entries that are nearly the same, and what if it asked less.

`rules` (pure) decides, `finding` is the worker's part, `queries` the web's.
"""
