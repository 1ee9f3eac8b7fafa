"""Compare what the store says it holds with the repository, school by school.

A store that answers our question (`DOI_SOAT`) is asked for a digest of each school, and for the
records of the schools that differ. Any other store is asked again for the decisions on every
message of the year (transactions 2 and 6). What still waits for its answer is no difference.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from hocba.errors import HocBaError, Unavailable
from hocba.packet.codes import ResponseCode
from hocba.packet.holdings import HeldRecord, SchoolHoldings, read_records, read_schools
from hocba.packet.supplement import SupplementAnswer, SupplementKind
from hocba.packet.transactions import TransactionType
from hocba.ports import Clock
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.repository.models import StoredRecord
from hocba_server.city.upstream import messages
from hocba_server.city.upstream.client import StoreClient, store_client
from hocba_server.city.upstream.models import (
    OPEN,
    Difference,
    DifferenceKind,
    Handover,
    Kind,
    Message,
    MessageState,
    Reconciliation,
    ReconciliationState,
    State,
)
from hocba_server.web.accounts.actor import platform_actor
from hocba_server.web.audit.services import record_event

Held = Mapping[str, HeldRecord]
_ANSWERED: Final = (MessageState.ACKNOWLEDGED, MessageState.ANSWERED)
_THERE_ALREADY: Final = (ResponseCode.UUID_EXISTS.value, ResponseCode.RECORD_IN_FORCE.value)


def reconcile(reconciliation_id: int, *, clock: Clock, client: StoreClient | None = None) -> None:
    """Run one comparison. A second run of the same job does nothing; a store that is away ends it
    with the reason, and the officer starts another one."""
    row = Reconciliation.objects.get(pk=reconciliation_id)
    if row.state != ReconciliationState.RUNNING:
        return
    store = client or store_client()
    try:
        schools, records = _compare_all(row, store, clock)
    except HocBaError as fault:
        _finish(row, ReconciliationState.FAILED, clock.now(), fault=fault)
        return
    row.schools, row.records = schools, records
    _finish(row, ReconciliationState.DONE, clock.now())


def _compare_all(row: Reconciliation, store: StoreClient, clock: Clock) -> tuple[int, int]:
    schools = _own_schools(row.school_year)
    there: Mapping[str, SchoolHoldings] = {}
    answers: Held = {}
    if row.source == "state":
        body = {"nam_hoc": row.school_year}
        there = {each.school_code: each for each in read_schools(_ask(store, body, clock.now()))}
    else:
        answers = _from_answers(row.school_year, store)
    records = 0
    for code in sorted({*schools, *there}):
        own, waiting = own_records(row.school_year, code, with_rows=row.source == "state")
        records += len(own)
        if row.source == "answers":
            held: Held = {uuid: answers[uuid] for uuid in own if uuid in answers}
        else:
            held = _held(row.school_year, code, own, there.get(code), store, clock)
        _keep(row, code, schools.get(code, ""), own, held, waiting, clock.now())
    return len({*schools, *there}), records


def _held(
    school_year: str,
    code: str,
    own: Held,
    there: SchoolHoldings | None,
    store: StoreClient,
    clock: Clock,
) -> Held:
    """The store's records of one school: equal digests say that they are ours."""
    if there is None:
        return {}
    if there == SchoolHoldings.of(code, own.values()):
        return own
    asked = _ask(store, {"nam_hoc": school_year, "ma_truong": code}, clock.now())
    return {each.record_uuid: each for each in read_records(asked)}


def _own_schools(school_year: str) -> dict[str, str]:
    rows = StoredRecord.objects.filter(school_year=school_year).order_by()
    return dict(rows.values_list("unit_code", "school_name").distinct())


@dataclass(frozen=True, slots=True)
class Waiting:
    """Numbers of records about which an answer is awaited: what waits is no difference yet."""

    records: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()


def own_records(
    school_year: str, unit_code: str, *, with_rows: bool
) -> tuple[dict[str, HeldRecord], Waiting]:
    """What the store should hold of a school, and about what an answer is awaited.

    A record that ended before it was reported is not expected there.
    """
    rows = StoredRecord.objects.filter(school_year=school_year, unit_code=unit_code)
    found = list(rows.values_list("record_uuid", "sha256", "in_force"))
    handovers = list(
        Handover.objects.filter(school_year=school_year, unit_code=unit_code)
        .exclude(kind=Kind.CLOSING)
        .order_by("version")
        .values_list("kind", "subject", "state", "version", "row_state")
    )
    unneeded = {
        subject
        for kind, subject, state, _, _ in handovers
        if kind == Kind.SUBMIT and state == State.UNNEEDED
    }
    waiting = Waiting(
        frozenset(
            subject
            for kind, subject, state, _, _ in handovers
            if kind != Kind.ROWS and state in OPEN
        ),
        frozenset(
            subject
            for kind, subject, state, _, _ in handovers
            if kind == Kind.ROWS and state in OPEN
        ),
    )
    sent = {
        subject: (version, row_state)
        for kind, subject, state, version, row_state in handovers
        if with_rows and kind == Kind.ROWS and state == State.ACCEPTED
    }
    own = {}
    for number, sha256, force in found:
        if number in unneeded:
            continue
        version, row_state = sent.get(number, (0, ""))
        own[number] = HeldRecord(number, force is not None, sha256, version, row_state)
    return own, waiting


def _ask(store: StoreClient, body: Mapping[str, str], at: dt.datetime) -> Mapping[str, object]:
    """One signed question. Raises `Unavailable`, `Malformed`, and what the key raises."""
    request = messages.supplement_request(
        SupplementKind.STATE,
        body,
        message_id=str(uuid.uuid4()),
        key=messages.own_key(),
        at=at,
    )
    answer = SupplementAnswer.from_json(store.send_extra(request))
    if not answer.head.received:
        raise Unavailable(
            "store_refused", answer.head.response_description, answer.head.error_description
        )
    return answer.result


def _from_answers(school_year: str, store: StoreClient) -> Held:
    """The store's decisions on every message of the year, asked for again, oldest first."""
    held: dict[str, HeldRecord] = {}
    rows = Message.objects.filter(
        school_year=school_year, kind__in=[Kind.SUBMIT, Kind.RECALL], state__in=_ANSWERED
    )
    for row in rows.defer("request").order_by("pk").iterator():
        submitted = row.kind == Kind.SUBMIT
        query = TransactionType.QUERY_SUBMISSION if submitted else TransactionType.QUERY_RECALL
        answer = store.send(messages.result_query(row.message_id, query))
        for number, decision in messages.read_results(answer, query).items():
            if decision.accepted:
                held[number] = HeldRecord(number, submitted, "")
    return held


def _keep(
    row: Reconciliation,
    code: str,
    school_name: str,
    own: Held,
    held: Held,
    waiting: Waiting,
    at: dt.datetime,
) -> None:
    """Write the differences of one school, and heal answers that were lost."""
    found = list(differences(own, held, waiting, with_rows=row.source == "state"))
    named = {
        stored.record_uuid: stored
        for stored in StoredRecord.objects.filter(
            record_uuid__in=[number for _, number in found]
        ).only("record_uuid", "classroom_name", "pupil_name")
    }
    with city_transaction():
        Difference.objects.bulk_create(
            [
                Difference(
                    reconciliation=row,
                    kind=kind,
                    record_uuid=number[:36],
                    unit_code=code[:20],
                    school_name=school_name,
                    classroom_name=named[number].classroom_name if number in named else "",
                    pupil_name=named[number].pupil_name if number in named else "",
                )
                for kind, number in found
            ],
            ignore_conflicts=True,
            batch_size=500,
        )
        _heal(own, held, at)


def differences(
    own: Held, held: Held, waiting: Waiting, *, with_rows: bool
) -> Iterator[tuple[DifferenceKind, str]]:
    """Yield how the sides differ, record by record; pure."""
    for number in sorted({*own, *held} - waiting.records):
        here, there = own.get(number), held.get(number)
        if here is None:
            yield DifferenceKind.UNKNOWN_HERE, number
        elif there is None:
            yield DifferenceKind.MISSING, number
        else:
            if there.sha256 and there.sha256 != here.sha256:
                yield DifferenceKind.OTHER_CONTENT, number
            if here.in_force and not there.in_force:
                yield DifferenceKind.ENDED_THERE, number
            if there.in_force and not here.in_force:
                yield DifferenceKind.NOT_ENDED, number
            if not with_rows or number in waiting.rows:
                continue
            if not there.row_version:
                yield DifferenceKind.ROW_MISSING, number
            elif there.row_state != ("1" if here.in_force else "2"):
                yield DifferenceKind.ROW_OLD, number


def _heal(own: Held, held: Held, at: dt.datetime) -> None:
    """The store refused a record because it has it, and it has exactly this one: it was accepted.
    So it is after an old copy of this database was restored."""
    same = [
        number
        for number, there in held.items()
        if number in own and there.sha256 == own[number].sha256
    ]
    Handover.objects.filter(
        kind=Kind.SUBMIT,
        subject__in=same,
        state=State.REFUSED,
        code__in=_THERE_ALREADY,
        message__isnull=False,
    ).update(state=State.ACCEPTED, code="", field_title="", sentence="", settled_at=at)


def _finish(
    row: Reconciliation,
    state: ReconciliationState,
    at: dt.datetime,
    *,
    fault: HocBaError | None = None,
) -> None:
    with city_transaction():
        row.state, row.finished_at = state, at
        if fault is not None:
            row.problem, row.problem_en = fault.sentence.vi[:1000], fault.sentence.en[:1000]
        row.save()
        record_event(
            using=CITY_DATABASE,
            by=platform_actor("city"),
            at=at,
            action="upstream_reconciled",
            subject=f"reconciliation:{row.pk}",
            detail={"state": state.value, "differences": row.differences.count()},
        )
