"""Which files are in force no more, for the public list of ended records."""

from __future__ import annotations

from collections.abc import Iterator

from hocba_server.city.repository.models import ENDING, StatusChange


def ended_files() -> Iterator[tuple[str, bytes]]:
    """Number and SHA-256 of every stored record whose force has ended, each once."""
    rows = (
        StatusChange.objects.filter(kind__in=ENDING)
        .order_by("record_id")
        .values_list("record__record_uuid", "record__sha256")
        .distinct()
    )
    for record_uuid, sha256 in rows.iterator(chunk_size=5_000):
        yield record_uuid, bytes.fromhex(sha256)
