"""Last days of hash functions, as an operator or a verifier writes them."""

from __future__ import annotations

from datetime import datetime, timedelta

from hocba.archive.hashtree import HashAlgorithm
from hocba.errors import Malformed
from hocba.record.values import VIETNAM


def read_hash_ends(text: str) -> dict[HashAlgorithm, datetime]:
    """Read "sha256=31/12/2035,sha384=31/12/2045": after that day they are not trusted any more.

    Raises `Malformed` with code `hash_ends`.
    """
    ends: dict[HashAlgorithm, datetime] = {}
    for part in filter(None, (each.strip() for each in text.split(","))):
        name, _, day = part.partition("=")
        try:
            end = datetime.strptime(day.strip(), "%d/%m/%Y").replace(tzinfo=VIETNAM)
            ends[HashAlgorithm(name.strip())] = end + timedelta(days=1)
        except ValueError:
            raise Malformed(
                "hash_ends",
                f"“{part}” không phải hạn dùng của hàm băm, ví dụ sha256=31/12/2035.",
                f"“{part}” is not the last day of a hash function, e.g. sha256=31/12/2035.",
            ) from None
    return ends
