"""The database of the school house. Every transaction of a school service is opened here."""

from __future__ import annotations

from typing import Final

from django.db import transaction

SCHOOL_DATABASE: Final = "school"


def school_transaction() -> transaction.Atomic:
    """Open a transaction in the school's own database (design.md 2: two houses, two databases)."""
    return transaction.atomic(using=SCHOOL_DATABASE)
