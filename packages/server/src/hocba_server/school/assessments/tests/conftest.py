"""Fixtures of the tests of entering results: people of the cast at their pages."""

from __future__ import annotations
