"""The starter set that a school may take once: `starter.toml`, written for this program."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

from hocba_server.school.phrases.entries import PhraseEntry, read_phrase

STARTER_FILE: Final = Path(__file__).with_name("starter.toml")


@cache
def starter_phrases() -> tuple[PhraseEntry, ...]:
    """Every phrase of the set, read as strictly as a person's own. Raises `Refused` on a fault."""
    content = tomllib.loads(STARTER_FILE.read_text("utf-8"))
    entries = []
    for about, levels in content.items():
        for level, texts in levels.items():
            for text in texts:
                entry = read_phrase(
                    about=about, level=level, first_grade="", last_grade="", text=text
                )
                if isinstance(entry, tuple):
                    raise entry[0].as_refused()
                entries.append(entry)
    return tuple(entries)
