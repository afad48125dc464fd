"""What an author is told while writing: entries that are nearly the same, and what if.

`rules` and `what_if` (pure) decide, `finding` is the worker's part, `queries` the web's.
"""
