from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from hocba.errors import HocBaError, Sentence
from hocba.ports import Clock, RevocationSource, TimestampSource
from hocba_server.city.archiving.models import ArchiveRun
from hocba_server.city.archiving.permissions import deny_run
from hocba_server.city.archiving.proving import prove_stamps
from hocba_server.city.archiving.renewing import renew_stamps
from hocba_server.city.archiving.stamping import hash_again, stamp_new
from hocba_server.city.archiving.trees import Desk
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import require
from hocba_server.config.jobs import city_jobs
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

KEEP_JOB = "city.archiving.keep"
_SHOWN = 5
"""Problems that are written out; the others are counted."""


@dataclass
class _Tally:
    """What the steps of a run did, and what went wrong in them."""

    counts: dict[str, int] = field(default_factory=dict)
    problems: list[Sentence] = field(default_factory=list)

    def add(
        self, name: str, step: Callable[[Desk], tuple[int, list[Sentence]]], desk: Desk
    ) -> None:
        """Take a step; a fault of it stops none of the others."""
        try:
            count, problems = step(desk)
        except HocBaError as fault:
            count, problems = 0, [fault.sentence]
        self.counts[name] = self.counts.get(name, 0) + count
        self.problems += problems

    def text(self, english: bool) -> str:
        """The problems in one language."""
        told = dict.fromkeys(each.en if english else each.vi for each in self.problems)
        first = list(told)[:_SHOWN]
        if len(told) > _SHOWN:
            first.append(f"(+{len(told) - _SHOWN})")
        return " ".join(first)[:1000]


def keep_archive(
    *, by: Actor, clock: Clock, source: TimestampSource, revocation: RevocationSource
) -> ArchiveRun:
    """Do everything that is due for what is kept for life, and write down how it went.

    1. Stamps that end soon are renewed. 2. Records whose hash function ends soon get a new chain.
    3. What was accepted since gets its first stamp. 4. Stamps without answer about their service
    get it; only then they are delivered, and can be renewed.
    Each step commits by itself and goes on where a killed one stopped. A step that fails is told
    and does not stop the others. Raises `Refused` with code `role`.
    """
    require(deny_run(by))
    began = clock.now()
    desk = Desk(source, revocation, began)
    tally = _Tally()
    tally.add("renewed", renew_stamps, desk)
    tally.add("rehashed", hash_again, desk)
    tally.add("stamped", stamp_new, desk)
    # Answers have to be made after the stamps that they are about.
    tally.add("proven", prove_stamps, Desk(source, revocation, clock.now()))
    return _write_down(by, began, clock.now(), tally)


def _write_down(by: Actor, began: dt.datetime, ended: dt.datetime, tally: _Tally) -> ArchiveRun:
    with city_transaction():
        run = ArchiveRun.objects.create(
            began_at=began,
            ended_at=ended,
            run_by_name=by.name,
            problem=tally.text(english=False),
            problem_en=tally.text(english=True),
            **tally.counts,
        )
        if any(tally.counts.values()) or tally.problems:
            record_event(
                using=CITY_DATABASE,
                by=by,
                at=ended,
                action="keep_archive",
                subject=f"archive_run:{run.pk}",
                detail={**tally.counts, "problem": run.problem},
            )
    return run


def order_run(*, by: Actor, at: dt.datetime) -> None:
    """Have the workers do now what they would do at night. Raises `Refused` with code `role`."""
    require(deny_run(by))
    with city_transaction():
        city_jobs.configure_task(KEEP_JOB, allow_unknown=True).defer(actor=by.to_json())
        record_event(
            using=CITY_DATABASE, by=by, at=at, action="order_archive_run", subject="archive"
        )
