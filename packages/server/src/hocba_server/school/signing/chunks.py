"""Signing the bytes of some records with one key: one call to the key for each slot of a chunk.

What comes back is either the signed document or the reason why this one could not be signed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from hocba.errors import HocBaError, Malformed, NotTrusted, Refused
from hocba.ids import PersonalId
from hocba.ports import Key, TimestampSource
from hocba.record.model import SlotId
from hocba.signature.sign import add_seal_timestamp, seal_timestamp_digest, sign_many


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs: the key and, for a person, the personal number."""

    key: Key
    personal_id: PersonalId | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One document after signing, or why it was not signed."""

    document: bytes | None
    fault: HocBaError | None


def sign_documents(
    documents: Sequence[bytes], slots: Sequence[SlotId], signer: Signer, at: dt.datetime
) -> list[Outcome]:
    """Fill the same slots in every document. A bad document does not hold up the others."""
    current: list[bytes] = list(documents)
    try:
        for slot in slots:
            current = sign_many(current, slot, signer.key, at, signer.personal_id)
    except (Malformed, NotTrusted, Refused):
        if len(documents) > 1:
            return [sign_documents([document], slots, signer, at)[0] for document in documents]
        return [_failed(documents[0], slots, signer, at)]
    return [Outcome(document, None) for document in current]


def _failed(document: bytes, slots: Sequence[SlotId], signer: Signer, at: dt.datetime) -> Outcome:
    try:
        for slot in slots:
            document = sign_many([document], slot, signer.key, at, signer.personal_id)[0]
    except (Malformed, NotTrusted, Refused) as fault:
        return Outcome(None, fault)
    return Outcome(document, None)


def stamp_seals(outcomes: Sequence[Outcome], timestamp: TimestampSource) -> list[Outcome]:
    """Put an RFC 3161 time-stamp on each seal. Raises `Unavailable` when the service is away."""
    return [
        Outcome(
            add_seal_timestamp(
                outcome.document, timestamp.timestamp(seal_timestamp_digest(outcome.document))
            ),
            None,
        )
        if outcome.document is not None
        else outcome
        for outcome in outcomes
    ]
