"""Renewing time-stamps before they end: many old ones as leaves under one new one."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from hocba.archive.digests import renewal_digest
from hocba.archive.hashtree import HashAlgorithm
from hocba.errors import Sentence
from hocba_server.city.archiving.ageing import ageing_algorithms, hash_ends, renew_before
from hocba_server.city.archiving.models import (
    ProvenStamp,
    RecordLeaf,
    StampKind,
    StampRenewal,
    TreeStamp,
)
from hocba_server.city.archiving.trees import (
    BATCH,
    MAX_BATCHES,
    Desk,
    in_batches,
    keep_stamp,
    take_stamp,
)
from hocba_server.city.database import city_transaction


def renew_stamps(desk: Desk) -> tuple[int, list[Sentence]]:
    """Renew what ends soon, with the hash function of its chain; answers how many old stamps.

    A new stamp that would not stand longer than the old ones is not kept: the service has no newer
    certificate yet.
    """
    due = [
        proven
        for proven in ProvenStamp.objects.filter(
            stamp__renewal__isnull=True, stamp__good_until__lte=desk.at + renew_before()
        ).select_related("stamp")
        if is_needed(proven.stamp)
    ][: BATCH * MAX_BATCHES]
    count, problems = 0, list[Sentence]()
    for algorithm in HashAlgorithm:
        group = [each for each in due if each.stamp.algorithm == algorithm.value]
        if not group or algorithm.value in ageing_algorithms(desk.at):
            continue  # the records of an ageing hash function get new chains instead
        if hash_ends().get(algorithm, desk.at) < desk.at:
            problems.append(_ended(algorithm))
            continue
        done = _renew(desk, algorithm, group)
        count += done
        if not done:
            problems.append(_no_longer(group))
    return count, problems


def is_needed(stamp: TreeStamp) -> bool:
    """Does a record still hang on this stamp, or did all of them go on in newer chains?"""
    later = RecordLeaf.objects.filter(record=OuterRef("record"), chain__gt=OuterRef("chain"))
    hanging = RecordLeaf.objects.filter(batch__stamp__in=first_stamps(stamp)).exclude(Exists(later))
    return hanging.exists()


def first_stamps(stamp: TreeStamp) -> list[int]:
    """The stamps at the beginning of the chains that this one renewed, itself if it is one."""
    found: list[int] = []
    waiting = [stamp.pk]
    while waiting:
        found += (
            TreeStamp.objects.filter(pk__in=waiting)
            .exclude(kind=StampKind.RENEWAL)
            .values_list("pk", flat=True)
        )
        waiting = list(
            StampRenewal.objects.filter(batch__stamp__in=waiting).values_list("old_id", flat=True)
        )
    return found


def _renew(desk: Desk, algorithm: HashAlgorithm, group: Sequence[ProvenStamp]) -> int:
    leaves = [renewal_digest(algorithm, bytes(each.token)) for each in group]
    taken = take_stamp(desk, algorithm, in_batches(leaves))
    if taken.good_until <= max(each.stamp.good_until for each in group):
        return 0
    with city_transaction():
        batches = keep_stamp(taken, StampKind.RENEWAL)
        StampRenewal.objects.bulk_create(
            StampRenewal(old=each.stamp, batch=batches[place // BATCH], position=place % BATCH)
            for place, each in enumerate(group)
        )
    return len(group)


def _no_longer(group: Sequence[ProvenStamp]) -> Sentence:
    until = max(each.stamp.good_until for each in group)
    return Sentence(
        f"Chưa gia hạn được: dịch vụ dấu thời gian chưa có chứng thư dài hơn {until:%d/%m/%Y}. Hỏi "
        "nhà cung cấp về chứng thư mới.",
        f"Not renewed: the service has no certificate beyond {until:%d/%m/%Y} yet.",
    )


def _ended(algorithm: HashAlgorithm) -> Sentence:
    return Sentence(
        f"Hàm băm {algorithm.value} đã hết hạn dùng nên không gia hạn được nữa; đặt "
        "HOCBA_ARCHIVE_HASH sang hàm mạnh hơn.",
        f"{algorithm.value} has ended, nothing is renewed with it: set HOCBA_ARCHIVE_HASH.",
    )
