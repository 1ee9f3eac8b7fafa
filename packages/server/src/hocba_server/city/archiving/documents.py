"""What belongs to a record under an archive time-stamp: its exact bytes and its evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import zstandard

from hocba.errors import HocBaError, NotTrusted
from hocba_server.city.repository.models import EvidenceBlob, StoredRecord
from hocba_server.city.repository.selectors import original_of, with_originals


class Documents:
    """The documents of a slice of records; each piece of evidence is read and hashed once."""

    def __init__(self, rows: Sequence[StoredRecord]) -> None:
        with_originals(rows)
        wanted = {digest for row in rows for digest in row.evidence}
        self._pieces = {
            blob.sha256: bytes(blob.data)
            for blob in EvidenceBlob.objects.filter(pk__in=wanted)
            if hashlib.sha256(bytes(blob.data)).hexdigest() == blob.sha256
        }

    def of(self, row: StoredRecord) -> tuple[bytes, ...]:
        """The original first, then its evidence. Raises `NotTrusted` with code `damaged`."""
        try:
            document = original_of(row)
            return (document, *(self._pieces[digest] for digest in row.evidence))
        except (HocBaError, zstandard.ZstdError, KeyError) as fault:
            raise NotTrusted(
                "damaged",
                f"Bản gốc hoặc bằng chứng của học bạ {row.record_uuid} bị hỏng.",
                f"Original or evidence of the record {row.record_uuid} is damaged.",
            ) from fault
