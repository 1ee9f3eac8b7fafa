"""XML Schemas of both format profiles, written for this project and compiled once per process.

The schema says what can be said of tags, order and codes; contradictions between values are the
work of `completeness`. Slots are open here: the signature room has its own, stricter rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from threading import Lock
from typing import Any, Final

from lxml import etree

from hocba.errors import Sentence
from hocba.record.frame import grade_text
from hocba.record.model import FormatProfile
from hocba.record.secondary.fields import GRADE_TEXTS

MOST_FAULTS: Final = 20
_ONE_AT_A_TIME: Final = Lock()
"""A compiled schema keeps the faults of its last document."""


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """One place where a document does not follow the schema."""

    line: int
    path: str
    sentence: Sentence


def schema_file(profile: FormatProfile, *, secondary: bool = False) -> bytes:
    """Return the XSD of a profile for primary or secondary school, for other software to use."""
    name = f"{profile.value}_secondary.xsd" if secondary else f"{profile.value}.xsd"
    return (files("hocba.record") / "schemas" / name).read_bytes()


def validate_schema(root: etree._Element, profile: FormatProfile) -> list[SchemaFault]:
    """Validate HOC_BA; an empty list means that it follows the schema. At most 20 faults.

    MA_KHOI tells which level's schema it is.
    """
    schema = _compiled(profile, secondary=grade_text(root) in GRADE_TEXTS)
    with _ONE_AT_A_TIME:
        entries = [] if schema.validate(root) else list(islice(_entries(schema), MOST_FAULTS))
    return [
        SchemaFault(
            entry.line,
            entry.path or "",
            Sentence(
                f"Sai lược đồ {profile.value} (dòng {entry.line}): {entry.message[:300]}",
                f"Against schema {profile.value} (line {entry.line}): {entry.message[:300]}",
            ),
        )
        for entry in entries
    ]


def _entries(schema: etree.XMLSchema) -> Iterator[Any]:
    log: Any = schema.error_log  # iterable, though its stub does not say so
    return iter(log)


@lru_cache(maxsize=4)
def _compiled(profile: FormatProfile, *, secondary: bool) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(schema_file(profile, secondary=secondary)))
