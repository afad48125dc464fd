"""Demonstration data: organisations that do not exist, their entries, and accounts to try it with.

`data` reads the files, `logins` makes the accounts, `loading` puts it all in, `removal` takes it
out again.
"""
