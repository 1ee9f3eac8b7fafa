"""What the store takes from one supplementary message: answers first, rows with the commit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hocba.packet.codes import ResponseCode
from hocba_server.city.store.models import ReceivedMessage


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer to each thing, and how the accepted ones are written."""

    results: tuple[Mapping[str, Any], ...]
    write: Callable[[ReceivedMessage], None]
    """Writes what was accepted, in the open transaction."""

    @property
    def accepted(self) -> int:
        """How many were accepted."""
        return sum(result["trang_thai"] for result in self.results)

    @property
    def refused(self) -> int:
        """How many were refused."""
        return len(self.results) - self.accepted


def result_of(
    key: Mapping[str, Any],
    code: ResponseCode = ResponseCode.RECEIVED,
    where: str = "",
    sentence: str = "",
) -> dict[str, Any]:
    """One line of the answer, with the field names of the answer to transaction 2."""
    accepted = code is ResponseCode.RECEIVED
    return {
        **key,
        "trang_thai": int(accepted),
        "error": code.value,
        "error_field_title": where,
        "error_description": sentence if sentence or accepted else code.sentence.vi,
    }
