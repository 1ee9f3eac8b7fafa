"""The short help at the top of a page, found by the page's name in `help.toml`.

Templates need nothing for it: the layout shows what the context of the page brings.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.utils import translation

FILE: Final = Path(__file__).with_name("help.toml")
FEWEST, MOST = 2, 5
"""Sentences of one help text."""

Texts = dict[str, tuple[str, ...]]
"""Language -> sentences."""


@lru_cache(maxsize=1)
def all_help() -> dict[str, Texts]:
    """Every help text by page name. Raises `ValueError` for an entry that is not whole."""
    with FILE.open("rb") as file:
        read = tomllib.load(file)
    return {name: _texts(name, read, entry) for name, entry in read.items()}


def page_help(name: str | None) -> tuple[str, ...]:
    """The sentences for a page in the language of the page; empty when it has none."""
    texts = all_help().get(name or "")
    if texts is None:
        return ()
    return texts["en" if translation.get_language() == "en" else "vi"]


def _texts(name: str, read: dict[str, Any], entry: dict[str, Any]) -> Texts:
    """`same` takes over the text of another page."""
    entry = read.get(entry["same"], {}) if "same" in entry else entry
    texts = {language: tuple(entry.get(language, ())) for language in ("vi", "en")}
    lengths = {len(sentences) for sentences in texts.values()}
    if len(lengths) != 1 or not lengths <= set(range(FEWEST, MOST + 1)):
        msg = f"help.toml: {name} needs {FEWEST} to {MOST} sentences, as many in both languages"
        raise ValueError(msg)
    return texts
