"""Backups of the database with every change since, and going back to any moment.

PostgreSQL's own means (base backup, write-ahead log by a replication slot), so that a department
can use any other tool for them, too. Nothing of Django is imported here.
"""
