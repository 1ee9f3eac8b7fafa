"""Fixtures of the tests of boards and proofs: people of the cast at their pages."""

from __future__ import annotations
