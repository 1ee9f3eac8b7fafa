"""When a time-stamp or a hash function ages, by certificates and by the operator's settings."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from hocba.archive.hashtree import HashAlgorithm
from hocba_server.city.archiving.models import TreeStamp


def hash_ends() -> dict[HashAlgorithm, dt.datetime]:
    """From when on hash functions are not trusted any more (`HOCBA_ARCHIVE_HASH_ENDS`)."""
    return dict(settings.ARCHIVE_HASH_ENDS)


def renew_before() -> dt.timedelta:
    """How long before its end a stamp is renewed (`HOCBA_ARCHIVE_RENEW_DAYS`)."""
    return dt.timedelta(days=settings.ARCHIVE_RENEW_DAYS)


def stands_until(stamp: TreeStamp) -> dt.datetime:
    """The earlier end of its service's certificates and of its hash function."""
    end = hash_ends().get(HashAlgorithm(stamp.algorithm))
    return min(stamp.good_until, end) if end else stamp.good_until


def ageing_algorithms(at: dt.datetime) -> list[str]:
    """Hash functions that end soon and are not the one in use: their records are hashed again."""
    return [
        algorithm.value
        for algorithm, end in hash_ends().items()
        if algorithm is not settings.ARCHIVE_HASH and end - renew_before() <= at
    ]
