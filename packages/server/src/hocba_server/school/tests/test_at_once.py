"""Two people editing, signing, returning and creating at once: only states of the table come out.

Real threads with connections of their own on PostgreSQL. What loses the race is told so with a
sentence; nothing else may come out of it, and no step outside the transition table may happen.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from django.db import connections

from hocba.assessment.periods import Period
from hocba.errors import Refused
from hocba_certworld.local import LocalTimestamp
from hocba_server.school.assessments.entering import CellChange, save_cells
from hocba_server.school.assessments.models import ReopenedSheet
from hocba_server.school.assessments.returns import finish_reopened
from hocba_server.school.assessments.sheets import Sheet
from hocba_server.school.issuing.models import AnnualRecordDraft, SignatureStamp
from hocba_server.school.issuing.returning import (
    recreate_record,
    return_record,
    return_records,
)
from hocba_server.school.issuing.services import create_records
from hocba_server.school.signing import running
from hocba_server.school.signing.models import SigningSession
from hocba_server.school.signing.running import run_session
from hocba_server.school.signing.services import (
    resume_session,
    start_session,
    stop_session,
)
from hocba_server.school.submission.models import PackageRecord
from hocba_server.school.submission.services import submit_batch
from hocba_server.school.tests.at_once import together
from hocba_server.school.tests.cast import AT, Cast, FixedClock, TestKeys, WorldTrust
from hocba_server.school.tests.legal_states import (
    faults_of_records,
    unknown_transitions,
    watched_transitions,
)
from hocba_server.web.accounts.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "school"])

MATHS, MUSIC = "mon-01", "mon-89"
Steer = Callable[..., None]


@dataclass
class House:
    """The class of the cast with everything that its people can do to it."""

    cast: Cast
    batch_id: int
    keys: TestKeys
    timestamps: LocalTimestamp
    trust: WorldTrust

    def sign(self, by: Actor, role: str) -> None:
        session_id = start_session(by=by, at=AT, batch_id=self.batch_id, role=role)
        run_session(session_id, self.keys, self.timestamps, FixedClock(), self.trust)

    def music_signs(self) -> None:
        self.sign(self.cast.music, "GVBM")

    def homeroom_signs(self) -> None:
        self.sign(self.cast.homeroom, "GVCN")

    def head_signs(self) -> None:
        self.sign(self.cast.principal, "CBQL")

    def clerk_seals(self) -> None:
        self.sign(self.cast.clerk, "KY_PHAT_HANH")

    def create(self) -> None:
        create_records(by=self.cast.registrar, at=AT, batch_id=self.batch_id)

    def homeroom_edits(self) -> None:
        self._edit(self.cast.homeroom, MATHS)

    def music_edits(self) -> None:
        self._edit(self.cast.music, MUSIC)

    def _edit(self, by: Actor, sheet: str) -> None:
        save_cells(
            by=by,
            at=AT,
            classroom_id=self.cast.classroom_id,
            sheet=Sheet(sheet),
            period=Period.YEAR_END,
            changes=[CellChange(row, "level", "H") for row in self.cast.enrolments],
        )

    def return_class(self, by: Actor | None = None) -> None:
        return_records(
            by=by or self.cast.principal, at=AT, batch_id=self.batch_id, reason="Nhầm lớp"
        )

    def return_first(self, by: Actor | None = None, sheet: str = MATHS) -> None:
        row = AnnualRecordDraft.objects.order_by("pk").first()
        if row is not None:
            return_record(
                by=by or self.cast.principal,
                at=AT,
                record_uuid=row.record_uuid,
                sheets=[sheet],
                reason="Nhầm mức",
            )

    def finish_return(self) -> None:
        for row in ReopenedSheet.objects.filter(finished_at=None):
            by = self.cast.music if row.sheet == MUSIC else self.cast.homeroom
            finish_reopened(by=by, at=AT, reopened_id=row.pk)

    def recreate(self) -> None:
        for row in AnnualRecordDraft.objects.filter(state="draft"):
            recreate_record(by=self.cast.registrar, at=AT, record_uuid=row.record_uuid)

    def clerk_returns_first(self) -> None:
        self.return_first(self.cast.clerk, MUSIC)

    def homeroom_returns_first(self) -> None:
        self.return_first(self.cast.homeroom, MUSIC)

    def clerk_submits(self) -> None:
        submit_batch(by=self.cast.clerk, at=AT, batch_id=self.batch_id, keystore=self.keys)

    def job(self, session_id: int) -> None:
        """What the queue does with a session."""
        run_session(session_id, self.keys, self.timestamps, FixedClock(), self.trust)


@pytest.fixture
def house(
    batch_id: int,
    results: Cast,
    keys: TestKeys,
    timestamps: LocalTimestamp,
    trust: WorldTrust,
    approved_seal: None,
) -> Iterator[House]:
    """Results are complete, nothing is created yet; afterwards every step was of the table."""
    with watched_transitions() as seen:
        yield House(results, batch_id, keys, timestamps, trust)
    assert unknown_transitions(seen) == set()
    assert faults_of_records() == []


STAGES: tuple[tuple[str, ...], ...] = (
    (),
    ("create",),
    ("create", "music_signs"),
    ("create", "music_signs", "homeroom_signs"),
    ("create", "music_signs", "homeroom_signs", "head_signs"),
    ("create", "music_signs", "homeroom_signs", "return_first"),
    ("create", "music_signs", "homeroom_signs", "return_first", "finish_return"),
    ("create", "music_signs", "homeroom_signs", "head_signs", "clerk_seals"),
)
RACES = (
    (0, ("create", "homeroom_edits")),
    (0, ("create", "create")),
    (0, ("create", "return_class")),
    (1, ("create", "return_class", "homeroom_edits")),
    (1, ("music_signs", "homeroom_signs")),
    (1, ("music_signs", "homeroom_edits")),
    (1, ("music_signs", "music_signs")),
    (1, ("music_signs", "return_class")),
    (1, ("music_signs", "homeroom_returns_first")),
    (2, ("homeroom_signs", "homeroom_returns_first")),
    (2, ("homeroom_signs", "music_edits")),
    (3, ("head_signs", "return_first")),
    (3, ("head_signs", "return_class")),
    (3, ("return_first", "return_class")),
    (3, ("head_signs", "head_signs")),
    (4, ("clerk_seals", "return_class")),
    (4, ("clerk_seals", "clerk_submits", "return_class")),
    (4, ("clerk_seals", "clerk_returns_first")),
    (4, ("clerk_seals", "clerk_seals", "homeroom_edits")),
    (5, ("finish_return", "homeroom_edits")),
    (5, ("recreate", "finish_return", "homeroom_edits")),
    (6, ("recreate", "recreate")),
    (6, ("recreate", "homeroom_edits", "head_signs")),
    (7, ("clerk_submits", "return_class")),
    (7, ("clerk_submits", "clerk_submits", "return_first")),
)


@pytest.mark.parametrize(("stage", "racers"), RACES)
def test_a_race_ends_in_a_legal_state(house: House, stage: int, racers: tuple[str, ...]) -> None:
    for name in STAGES[stage]:
        getattr(house, name)()
    race = together(*(getattr(house, name) for name in racers))
    assert faults_of_records() == []
    assert len(race.refusals) < len(racers), "somebody's work was done"


def test_two_seals_at_once_seal_each_record_once(house: House) -> None:
    for name in (*STAGES[4],):
        getattr(house, name)()
    together(house.clerk_seals, house.clerk_seals)
    seals = SignatureStamp.objects.filter(role="KY_PHAT_HANH")
    assert seals.count() == AnnualRecordDraft.objects.count() == 3


def test_two_clerks_send_each_record_once(house: House) -> None:
    for name in STAGES[7]:
        getattr(house, name)()
    race = together(house.clerk_submits, house.clerk_submits)
    assert race.codes == ["package_open"]
    assert PackageRecord.objects.count() == AnnualRecordDraft.objects.count() == 3


@pytest.mark.parametrize("seed", range(4))
def test_stopping_and_going_on_while_the_job_signs(
    house: House, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stop, go on and a second job on the same session, whenever they come: one seal for each."""
    for name in STAGES[4]:
        getattr(house, name)()
    monkeypatch.setattr(running, "CHUNK", 1)
    by = house.cast.clerk
    session_id = start_session(by=by, at=AT, batch_id=house.batch_id, role="KY_PHAT_HANH")
    dice = random.Random(seed)  # noqa: S311 - a game, not a secret

    def after(pause: float, *steps: Steer) -> None:
        time.sleep(pause)
        for step in steps:
            with suppress(Refused):
                step(by=by, at=AT, session_id=session_id)
        if resume_session in steps:
            house.job(session_id)

    together(
        lambda: house.job(session_id),
        lambda: after(dice.uniform(0, 0.2), stop_session),
        lambda: after(dice.uniform(0, 0.3), stop_session, resume_session),
        lambda: after(dice.uniform(0, 0.3), resume_session),
    )
    assert faults_of_records() == []
    with suppress(Refused):
        resume_session(by=by, at=AT, session_id=session_id)
    house.job(session_id)
    session = SigningSession.objects.get(pk=session_id)
    assert (session.state, session.done, session.failed) == ("done", 3, 0)
    assert SignatureStamp.objects.filter(role="KY_PHAT_HANH").count() == 3
    assert set(AnnualRecordDraft.objects.values_list("state", flat=True)) == {"issued"}


@pytest.mark.parametrize("seed", range(4))
def test_a_busy_afternoon_ends_in_legal_states(house: House, seed: int) -> None:
    """Everybody does anything, three at a time; whatever came out, the class can be finished."""
    dice = random.Random(seed)  # noqa: S311 - a game, not a secret
    names = sorted({name for _, racers in RACES for name in racers})
    house.create()
    for _ in range(8):
        together(*(getattr(house, name) for name in dice.sample(names, 3)))
        assert faults_of_records() == []
    for name in ("finish_return", "recreate", "create", *STAGES[4][1:], "clerk_seals"):
        together(getattr(house, name))
    assert set(AnnualRecordDraft.objects.values_list("state", flat=True)) == {"issued"}


def test_a_killed_signing_job_leaves_nothing_half_signed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 in the middle of a chunk: what was committed is whole, the rest waits; it goes on."""
    for name in STAGES[4]:
        getattr(house, name)()
    monkeypatch.setattr(running, "CHUNK", 1)
    by = house.cast.clerk
    session_id = start_session(by=by, at=AT, batch_id=house.batch_id, role="KY_PHAT_HANH")
    connections.close_all()  # a forked process must not share a connection
    child = os.fork()
    if child == 0:
        _die_at_the_second_seal(house, session_id)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    states = list(AnnualRecordDraft.objects.order_by("pk").values_list("state", flat=True))
    assert sorted(states) == ["issued", "leader_signed", "leader_signed"]
    assert faults_of_records() == []
    # The queue gives the job to the next worker; a person may also press Go on.
    run_session(session_id, house.keys, house.timestamps, FixedClock(), house.trust)
    session = SigningSession.objects.get(pk=session_id)
    assert (session.state, session.done, session.failed) == ("done", 3, 0)
    assert set(AnnualRecordDraft.objects.values_list("state", flat=True)) == {"issued"}


def _die_at_the_second_seal(house: House, session_id: int) -> None:
    """In the child: the second time-stamp never comes, because the process is gone."""

    class Deadly:
        calls = 0

        def timestamp(self, digest: bytes) -> bytes:
            self.calls += 1
            if self.calls == 2:
                os.kill(os.getpid(), signal.SIGKILL)
            return house.timestamps.timestamp(digest)

    try:
        run_session(session_id, house.keys, Deadly(), FixedClock(), house.trust)
    finally:
        os._exit(1)
