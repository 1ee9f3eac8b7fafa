"""What verification of the XML signatures finds out. Judging it is the work of `hocba.verify`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from cryptography import x509

from hocba.errors import NotTrusted
from hocba.ids import PersonalId
from hocba.record.model import SlotId
from hocba.trust.algorithms import SignatureAlgorithm


class SignatureRules(StrEnum):
    """Which form of signature is accepted (docs/formats/signature.md)."""

    STRICT = "strict"
    """Our own: exclusive C14N, the Ministry's property and XAdES, nothing else."""
    PLAIN = "plain"
    """Other vendors' XML Signature without XAdES."""
    EITHER = "either"
    """Strict for a signature that carries XAdES properties, plain for one that does not."""


@dataclass(frozen=True, slots=True)
class SealTimestamp:
    """A SignatureTimeStamp as found: `token` must be a time-stamp over `digest`."""

    token: bytes = field(repr=False)
    """DER TimeStampToken (RFC 3161), not yet checked."""
    digest: bytes
    """SHA-256 of the canonical SignatureValue."""


@dataclass(frozen=True, slots=True)
class SignatureFact:
    """One signature of a record. With a `fault`, everything else is only a claim.

    Path, validity and revocation of `certificate`, the time-stamp and who had to sign are not
    judged here.
    """

    slot: SlotId
    certificate: x509.Certificate
    signing_time: datetime
    """SigningTime of the signed SignatureProperty."""
    signed_on_tag: datetime
    """NGAY_KY of the slot, outside the signature; the same moment when there is no fault."""
    personal_id_tag: PersonalId | None
    """SO_CCCD of the slot, outside the signature; None for the organisation."""
    algorithm: SignatureAlgorithm
    covered_ids: tuple[str, ...]
    """Identifiers that the references name, in their order."""
    rules: SignatureRules
    """The rules that this signature was held to: STRICT or PLAIN."""
    timestamp: SealTimestamp | None = None
    fault: NotTrusted | None = None

    @property
    def integrity(self) -> Literal["ok", "fault"]:
        """ "ok" when data, times and certificate are those that were signed."""
        return "ok" if self.fault is None else "fault"
