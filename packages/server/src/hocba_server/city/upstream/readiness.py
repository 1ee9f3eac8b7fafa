"""What may go now, what waits for something else, and what need not go at all.

The order that the store needs (CV 2088 IV.3): a record; its recall, when it is there; the record in
its place, when the recall is answered; its rows, when it is there; a class's closing, when all of
its records are there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hocba_server.city.closing.models import ClosedRecord
from hocba_server.city.repository.models import ENDING, ChangeKind, StatusChange
from hocba_server.city.upstream.models import SETTLED, Handover, Kind, State


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a handover that waits."""

    ready: bool = False
    unneeded: bool = False
    sentence: str = ""
    """Why it need not go, or what it waits for."""


_GO = Verdict(ready=True)


def judge(kind: Kind, rows: Sequence[Handover]) -> dict[int, Verdict]:
    """Row -> verdict, for handovers of one kind that wait."""
    if kind == Kind.SUBMIT:
        return _submissions(rows)
    if kind == Kind.RECALL:
        return _recalls(rows)
    if kind == Kind.ROWS:
        return _tables(rows)
    return _closings(rows)


def _submissions(rows: Sequence[Handover]) -> dict[int, Verdict]:
    subjects = [row.subject for row in rows]
    ended = set(
        StatusChange.objects.filter(record__record_uuid__in=subjects, kind__in=ENDING).values_list(
            "record__record_uuid", flat=True
        )
    )
    replaces: dict[str, list[str]] = {}
    changes = StatusChange.objects.filter(
        kind=ChangeKind.REPLACE, successor__record_uuid__in=subjects
    )
    for new, old in changes.values_list("successor__record_uuid", "record__record_uuid"):
        replaces.setdefault(new, []).append(old)
    former = [old for olds in replaces.values() for old in olds]
    submitted, recalled = _states(Kind.SUBMIT, former), _states(Kind.RECALL, former)
    found = {}
    for row in rows:
        if row.subject in ended:
            text = "Học bạ đã thu hồi trước khi báo cáo, nên Bộ không cần nhận."
            found[row.pk] = Verdict(unneeded=True, sentence=text)
            continue
        waits = [
            old
            for old in replaces.get(row.subject, [])
            if submitted.get(old) in {State.SENT, State.ACCEPTED}
            and recalled.get(old) not in SETTLED
        ]
        refused = any(recalled.get(old) == State.REFUSED for old in waits)
        found[row.pk] = Verdict(sentence=_AFTER_REFUSAL if refused else _AFTER) if waits else _GO
    return found


_AFTER = "Chờ Bộ trả lời yêu cầu thu hồi bản trước."
_AFTER_REFUSAL = "Bộ chưa đồng ý thu hồi bản trước; làm việc với Bộ rồi gửi lại yêu cầu thu hồi."


def _recalls(rows: Sequence[Handover]) -> dict[int, Verdict]:
    submitted = _states(Kind.SUBMIT, [row.subject for row in rows])
    return {row.pk: _recall(submitted.get(row.subject)) for row in rows}


def _recall(submitted: str | None) -> Verdict:
    if submitted == State.ACCEPTED:
        return _GO
    if submitted in {State.WAITING, State.SENT}:
        return Verdict(sentence="Chờ Bộ trả lời về chính học bạ này.")
    text = "Học bạ này chưa được Bộ tiếp nhận, nên không cần thu hồi ở Kho của Bộ."
    return Verdict(unneeded=True, sentence=text)


def _tables(rows: Sequence[Handover]) -> dict[int, Verdict]:
    subjects = [row.subject for row in rows]
    submitted = _states(Kind.SUBMIT, subjects)
    sent = set(
        Handover.objects.filter(kind=Kind.ROWS, subject__in=subjects, state=State.SENT).values_list(
            "subject", flat=True
        )
    )
    found = {}
    for row in rows:
        state = submitted.get(row.subject)
        if state == State.UNNEEDED:
            text = "Học bạ này không báo cáo về Bộ, nên không có dòng dữ liệu."
            found[row.pk] = Verdict(unneeded=True, sentence=text)
        elif state != State.ACCEPTED:
            found[row.pk] = Verdict(sentence="Chờ Bộ tiếp nhận học bạ này.")
        elif row.subject in sent:
            found[row.pk] = Verdict(sentence="Chờ Bộ trả lời về phiên bản trước của dòng này.")
        else:
            found[row.pk] = _GO
    return found


def _closings(rows: Sequence[Handover]) -> dict[int, Verdict]:
    listed: dict[str, list[str]] = {row.subject: [] for row in rows}
    held = ClosedRecord.objects.filter(closing__sha256__in=listed, corrected=False)
    for sha256, uuid in held.values_list("closing__sha256", "record__record_uuid"):
        listed[sha256].append(uuid)
    states = _states(Kind.SUBMIT, [uuid for uuids in listed.values() for uuid in uuids])
    return {row.pk: _closing([states.get(uuid) for uuid in listed[row.subject]]) for row in rows}


def _closing(states: Sequence[str | None]) -> Verdict:
    refused = sum(state in {State.REFUSED, State.BLOCKED} for state in states)
    open_ones = sum(state not in {*SETTLED, State.REFUSED, State.BLOCKED} for state in states)
    if refused:
        return Verdict(
            sentence=f"Bộ từ chối {refused} học bạ của lớp; xử lý xong mới gửi bản chốt."
        )
    if open_ones:
        return Verdict(sentence=f"Chờ Bộ tiếp nhận {open_ones} học bạ của lớp.")
    return _GO


def _states(kind: Kind, subjects: Sequence[str]) -> Mapping[str, str]:
    rows = Handover.objects.filter(kind=kind, subject__in=subjects)
    return dict(rows.values_list("subject", "state"))
