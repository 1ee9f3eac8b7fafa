"""Fixtures of the spreadsheet tests: people of the cast at their pages."""

from __future__ import annotations
