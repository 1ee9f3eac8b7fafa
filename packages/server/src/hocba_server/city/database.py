"""The database of the city house. Every transaction of a city service is opened here."""

from __future__ import annotations

from typing import Final

from django.db import transaction

CITY_DATABASE: Final = "city"


def city_transaction() -> transaction.Atomic:
    """Open a transaction in the city's own database (design.md 2: two houses, two databases)."""
    return transaction.atomic(using=CITY_DATABASE)
