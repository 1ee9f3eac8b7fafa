"""What is stamped: first a record's documents, then old time-stamps, then everything anew.

RFC 4998 sections 4.2 (first), 5.2 (renewal of the time-stamp, renewal of the hash tree). Digests
come back in the order of the documents: the record itself first, then its evidence.
"""

from __future__ import annotations

from collections.abc import Sequence

from hocba.archive.hashtree import HashAlgorithm
from hocba.archive.record import Chain, encode_sequence


def first_members(algorithm: HashAlgorithm, documents: Sequence[bytes]) -> tuple[bytes, ...]:
    """The group of a record under its first archive time-stamp."""
    return tuple(algorithm.digest(document) for document in documents)


def renewal_digest(algorithm: HashAlgorithm, token: bytes) -> bytes:
    """What a new time-stamp of the same chain protects: the whole token before it."""
    return algorithm.digest(token)


def new_chain_members(
    algorithm: HashAlgorithm, documents: Sequence[bytes], chains: Sequence[Chain]
) -> tuple[bytes, ...]:
    """The group of a record under another hash function: each document with all old chains.

    The old hash function need not be trusted any more, so that the documents are hashed again.
    """
    before = algorithm.digest(encode_sequence(chains))
    return tuple(algorithm.digest(algorithm.digest(each) + before) for each in documents)
