"""Training the dictionaries that originals are compressed with."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence

import zstandard
from django.db.models import Count

from hocba.errors import Refused
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.repository.compression import LEVEL
from hocba_server.city.repository.models import CompressionDictionary, StoredRecord
from hocba_server.city.repository.selectors import original_of, with_originals
from hocba_server.web.accounts.actor import Actor, platform_actor
from hocba_server.web.audit.services import record_event

SIZE = 112_640
"""Bytes of a dictionary, as zstd recommends."""
SAMPLES = 1000
"""Records that one is trained from; as many others measure what it saves."""
ENOUGH = 200
"""Records of a format and year below which training says nothing."""
_LOOK_BACK = 100_000
"""Newest rows in which formats and years are looked for: what is new comes in every night."""
_WORTH = 0.9
"""It must make records smaller than this, compared with the dictionary in use or none."""


def train_dictionary(
    *, by: Actor, at: dt.datetime, profile: str, school_year: str
) -> CompressionDictionary:
    """Train a dictionary from accepted records, measure it with others, and use it from now on.

    What is stored stays as it is. Raises `Refused`: `role`, `too_few_samples`, `nothing_gained`.
    """
    require(None if by == platform_actor("city") else deny_role(by, CityRole.ADMINISTRATOR))
    samples, others = _samples(profile, school_year)
    if len(samples) + len(others) < ENOUGH:
        raise Refused(
            "too_few_samples",
            f"Cần ít nhất {ENOUGH} học bạ {profile} của năm {school_year} để tạo từ điển nén.",
            f"At least {ENOUGH} records of {profile}, {school_year} are needed.",
        )
    trained = zstandard.train_dictionary(SIZE, list(samples), level=LEVEL)
    without = _packed(others, zstandard.ZstdCompressor(level=LEVEL))
    smaller = _packed(others, zstandard.ZstdCompressor(level=LEVEL, dict_data=trained))
    if smaller > without * _WORTH:
        raise Refused(
            "nothing_gained",
            "Từ điển này không giúp nén tốt hơn nên không dùng.",
            "The dictionary does not compress better and is not used.",
        )
    data = trained.as_bytes()
    with city_transaction():
        row = CompressionDictionary.objects.create(
            profile=profile,
            school_year=school_year,
            data=data,
            sha256=hashlib.sha256(data).hexdigest(),
            samples=len(samples),
            measured=len(others),
            plain_bytes=sum(map(len, others)),
            bytes_without=without,
            bytes_with=smaller,
            trained_by_name=by.name,
            trained_at=at,
        )
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="train_dictionary",
            subject=f"dictionary:{row.pk}",
            detail={"profile": profile, "school_year": school_year, "without": without}
            | {"with": smaller},
        )
    return row


def train_missing(*, at: dt.datetime) -> int:
    """Train one for every format and year that has enough records and none yet; answers how many.

    A year's dictionary is trained once, early in the year's intake; safe to run every night.
    """
    have = set(CompressionDictionary.objects.values_list("profile", "school_year"))
    newest = StoredRecord.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    fresh = StoredRecord.objects.order_by().filter(pk__gt=newest - _LOOK_BACK)
    groups = fresh.values_list("profile", "school_year").annotate(n=Count("pk"))
    trained = 0
    for profile, school_year, count in groups:
        if count < ENOUGH or (profile, school_year) in have:
            continue
        try:
            train_dictionary(
                by=platform_actor("city"), at=at, profile=profile, school_year=school_year
            )
        except Refused:
            continue
        trained += 1
    return trained


def _samples(profile: str, school_year: str) -> tuple[list[bytes], list[bytes]]:
    """Two equal lists of originals from all over the year's rows."""
    rows = StoredRecord.objects.filter(profile=profile, school_year=school_year).order_by()
    numbers = list(rows.order_by("sha256").values_list("pk", flat=True)[: 2 * SAMPLES])
    found = [original_of(row) for row in with_originals(rows.filter(pk__in=numbers))]
    return found[::2], found[1::2]


def _packed(documents: Sequence[bytes], compressor: zstandard.ZstdCompressor) -> int:
    return sum(len(compressor.compress(document)) for document in documents)
