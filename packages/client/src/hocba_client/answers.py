"""What the API answers, as values. Fields that a newer gateway adds are read over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Package:
    """A package that the gateway took: its bytes are committed."""

    message_id: str
    unit_code: str
    state: str
    """received or processed."""
    records: int
    accepted: int | None = None
    refused: int | None = None
    waiting: int | None = None

    @property
    def is_done(self) -> bool:
        """Is every record checked? (A recall may still wait for an officer.)"""
        return self.state == "processed"

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Package:
        """Read the answer."""
        return cls(
            str(value["message_id"]),
            str(value["unit_code"]),
            str(value["state"]),
            int(value["records"]),
            value.get("accepted"),
            value.get("refused"),
            value.get("waiting"),
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record is refused."""

    code: str
    tag: str
    sentence: str
    rule: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class RecordResult:
    """What became of one record."""

    position: int
    record_uuid: str
    outcome: str
    """accepted, refused or waiting."""
    reason: Reason | None = None

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> RecordResult:
        """Read one entry."""
        reason = value.get("reason")
        found = None
        if isinstance(reason, Mapping):
            found = Reason(
                code=str(reason.get("code", "")),
                tag=str(reason.get("tag", "")),
                sentence=str(reason.get("sentence", "")),
                rule=str(reason.get("rule", "")),
                what_to_do=str(reason.get("what_to_do", "")),
            )
        return cls(int(value["position"]), str(value["record_uuid"]), str(value["outcome"]), found)


@dataclass(frozen=True, slots=True)
class Token:
    """A token of one account, for a while."""

    token: str = field(repr=False)
    user_name: str
    unit_code: str
    expires_in: int
    """Seconds."""

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Token:
        """Read the answer."""
        return cls(
            str(value["token"]),
            str(value["user_name"]),
            str(value["unit_code"]),
            int(value["expires_in"]),
        )
