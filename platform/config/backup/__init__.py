"""Backup and restore of a whole site: one archive for database and files, another for its keys.

`making` writes an archive, `restoring` puts one back; `archive` and `manifest` are its form,
`database` is what is asked of PostgreSQL and its programs, `keys` the secrets kept apart.
"""
