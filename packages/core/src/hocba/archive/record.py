"""The evidence record of RFC 4998 as DER: chains of archive time-stamps about one record.

A chain is renewed by a new time-stamp with the same hash function, the sequence by a new chain with
another one (RFC 4998 section 5.1). Only the form that `encode` writes is read: version 1, no
encryption, no attributes, a digest algorithm named for each time-stamp.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from asn1crypto import algos, cms, core

from hocba.archive.hashtree import HashAlgorithm, Lists
from hocba.archive.tokens import MAX_TOKEN
from hocba.errors import Malformed

MAX_BYTES: Final = 4_000_000
"""Bytes of an evidence record: some dozens of renewals, each with its certificates and lists."""
MAX_CHAINS: Final = 20
MAX_STAMPS: Final = 100
MAX_LISTS: Final = 64
MAX_DIGESTS: Final = 200
"""Digests in one list: a record's group has some twenty."""


@dataclass(frozen=True, slots=True)
class ArchiveStamp:
    """One archive time-stamp: the way from a digest to the root that the token stamps."""

    algorithm: HashAlgorithm
    lists: Lists
    """Empty when the token stamps the digest itself."""
    token: bytes
    """DER ContentInfo with its evidence inside."""


Chain = tuple[ArchiveStamp, ...]


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """Everything that was stamped about one record, the oldest chain and stamp first."""

    chains: tuple[Chain, ...]

    @property
    def stamps(self) -> tuple[ArchiveStamp, ...]:
        """All time-stamps in the order of their times."""
        return tuple(stamp for chain in self.chains for stamp in chain)


class _PartialHashtree(core.SequenceOf):  # type: ignore[misc]  # asn1crypto has no types
    _child_spec = core.OctetString


class _ReducedHashtree(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _PartialHashtree


class _ArchiveTimeStamp(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar = [
        ("digest_algorithm", algos.DigestAlgorithm, {"implicit": 0}),
        ("reduced_hashtree", _ReducedHashtree, {"implicit": 2, "optional": True}),
        ("time_stamp", cms.ContentInfo),
    ]


class _Chain(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _ArchiveTimeStamp


class _Chains(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _Chain


class _DigestAlgorithms(core.SequenceOf):  # type: ignore[misc]
    _child_spec = algos.DigestAlgorithm


class _EvidenceRecord(core.Sequence):  # type: ignore[misc]
    _fields: ClassVar = [
        ("version", core.Integer),
        ("digest_algorithms", _DigestAlgorithms),
        ("sequence", _Chains),
    ]


def encode(record: EvidenceRecord) -> bytes:
    """Write an evidence record."""
    algorithms = list(dict.fromkeys(stamp.algorithm.value for stamp in record.stamps))
    value = _EvidenceRecord(
        {
            "version": 1,
            "digest_algorithms": [{"algorithm": name} for name in algorithms],
            "sequence": _chains(record.chains),
        }
    )
    return bytes(value.dump())


def encode_sequence(chains: Sequence[Chain]) -> bytes:
    """Write the ArchiveTimeStampSequence that a new chain protects (RFC 4998 section 5.2)."""
    return bytes(_chains(chains).dump())


def decode(data: bytes) -> EvidenceRecord:
    """Read an evidence record. Raises `Malformed` with code `archive`."""
    if len(data) > MAX_BYTES:
        raise _malformed()
    try:
        value = _EvidenceRecord.load(data, strict=True)
        record = EvidenceRecord(
            tuple(tuple(_stamp(each) for each in chain) for chain in value["sequence"])
        )
    # asn1crypto raises these for anything that is not what its type says.
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise _malformed() from error
    if not _within_bounds(record) or encode(record) != data:
        raise _malformed()
    return record


def _chains(chains: Sequence[Chain]) -> _Chains:
    return _Chains([_Chain([_value(stamp) for stamp in chain]) for chain in chains])


def _value(stamp: ArchiveStamp) -> _ArchiveTimeStamp:
    value = _ArchiveTimeStamp(
        {
            "digest_algorithm": {"algorithm": stamp.algorithm.value},
            "time_stamp": cms.ContentInfo.load(stamp.token),
        }
    )
    if stamp.lists:
        value["reduced_hashtree"] = [list(digests) for digests in stamp.lists]
    return value


def _stamp(value: _ArchiveTimeStamp) -> ArchiveStamp:
    tree = value["reduced_hashtree"]
    lists = [] if isinstance(tree, core.Void) else tree
    return ArchiveStamp(
        HashAlgorithm(value["digest_algorithm"]["algorithm"].native),
        tuple(tuple(digest.native for digest in digests) for digests in lists),
        bytes(value["time_stamp"].dump()),
    )


def _within_bounds(record: EvidenceRecord) -> bool:
    return (
        0 < len(record.chains) <= MAX_CHAINS
        and all(record.chains)
        and len(record.stamps) <= MAX_STAMPS
        and all(
            len(stamp.token) <= MAX_TOKEN
            and len(stamp.lists) <= MAX_LISTS
            and all(_is_list(stamp.algorithm, digests) for digests in stamp.lists)
            for stamp in record.stamps
        )
    )


def _is_list(algorithm: HashAlgorithm, digests: tuple[bytes, ...]) -> bool:
    sized = all(len(digest) == algorithm.size for digest in digests)
    return 0 < len(digests) <= MAX_DIGESTS and sized


def _malformed() -> Malformed:
    return Malformed(
        "archive",
        "Chuỗi dấu thời gian lưu trữ không đọc được.",
        "The chain of archive time-stamps cannot be read.",
    )
