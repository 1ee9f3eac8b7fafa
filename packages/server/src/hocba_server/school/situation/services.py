from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from hocba.errors import HocBaError, Refused, Sentence, Unavailable
from hocba.ids import MessageId, UnitCode
from hocba.packet.codes import ResponseCode
from hocba.packet.package import pack_content
from hocba.packet.situation import MOST_PUPILS
from hocba.packet.supplement import (
    SupplementAnswer,
    SupplementKind,
    SupplementRequest,
    complete_supplement,
    prepare_supplement,
)
from hocba.ports import Clock, Key
from hocba.record.model import SignerRole
from hocba.trust.algorithms import SignatureAlgorithm
from hocba.workflow.transitions import Denial
from hocba_server.adapters.clock import SystemClock
from hocba_server.adapters.gateway import GatewayClient, extra_gateway_client
from hocba_server.config.jobs import school_jobs
from hocba_server.school.database import SCHOOL_DATABASE, school_transaction
from hocba_server.school.problem import problem_columns
from hocba_server.school.registry.models import School, SchoolRole, WorkingMode
from hocba_server.school.registry.permissions import deny_role, require
from hocba_server.school.registry.selectors import own_school
from hocba_server.school.signing.certificate_checks import check_owner
from hocba_server.school.signing.key_sources import key_sources
from hocba_server.school.signing.models import KeySource
from hocba_server.school.situation.models import MessageState, SchoolWord, SituationMessage
from hocba_server.school.situation.selectors import deny_saying, situation_of, years_to_tell
from hocba_server.school.submission.services import new_message_id
from hocba_server.school.training.codes import is_training_code
from hocba_server.school.training.sources import sources_of
from hocba_server.web.accounts.actor import Actor, platform_actor
from hocba_server.web.audit.services import record_event

SEND_JOB: Final = "school.situation.send"
TELL_JOB: Final = "school.situation.tell"
AGAIN_AFTER: Final = dt.timedelta(days=7)
"""The same numbers are told again after a week, so that the department knows that they hold."""


def digest_of(body: Mapping[str, Any]) -> str:
    """What the numbers are, whenever they were counted."""
    plain = {name: value for name, value in body.items() if name != "thoi_diem"}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def set_word(
    *,
    by: Actor,
    at: dt.datetime,
    school_year: str,
    staff_total: int,
    staff_trained: int,
    paper_reason: str = "",
    paper_plan: str = "",
    join_on: dt.date | None = None,
) -> None:
    """Keep what the school adds. Raises `Refused`: `role`, `year`, `staff`, `trained`, `reason`."""
    require(deny_saying(by))
    school = own_school(by)
    if school_year not in years_to_tell(school):
        raise Refused("year", "Chọn năm học của trường.", "Choose a year of the school.")
    if not 0 <= staff_total <= MOST_PUPILS:
        raise Refused(
            "staff", "Số cán bộ, giáo viên không hợp lệ.", "Not a number.", where="staff_total"
        )
    if not 0 <= staff_trained <= staff_total:
        raise Refused(
            "trained",
            "Số người đã tập huấn không thể nhiều hơn số cán bộ, giáo viên.",
            "More people are trained than there are.",
            where="staff_trained",
        )
    reason = " ".join(paper_reason.split())[:500]
    paper = school.mode == WorkingMode.PAPER
    if paper and not reason:
        raise Refused(
            "reason",
            "Trường còn dùng học bạ giấy: hãy ghi lý do.",
            "The school still keeps paper records: say why.",
            where="paper_reason",
        )
    values = {
        "staff_total": staff_total,
        "staff_trained": staff_trained,
        "paper_reason": reason if paper else "",
        "paper_plan": " ".join(paper_plan.split())[:1000] if paper else "",
        "join_on": join_on if paper else None,
        "set_by": by.user_id,
        "set_by_name": by.name,
        "set_at": at,
    }
    with school_transaction():
        SchoolWord.objects.update_or_create(school=school, school_year=school_year, defaults=values)
        _audit(by, at, "set_school_word", f"school:{school.code}", {"year": school_year})


def tell(
    *, by: Actor, at: dt.datetime, key: Key, body: Mapping[str, Any], message_id: str
) -> SituationMessage:
    """Sign the numbers with the school's key and put them into the outbox; sending is a job.

    Row, audit and job are committed together. Raises `Refused`: `role`, what `check_owner` refuses.
    """
    require(deny_sending(by))
    return _send_later(own_school(by), by, at, key, body, message_id, by_hand=True)


def deny_sending(by: Actor) -> Denial | None:
    """Whoever uses the school's certificate: the clerk (QĐ 1789 Đ13)."""
    if is_training_code(str(by.unit_code)):
        return Denial(
            "training",
            Sentence("Trường tập huấn không báo gì về Sở.", "A training school tells nothing."),
        )
    return deny_role(by, SchoolRole.SCHOOL_CLERK)


def tell_all(*, at: dt.datetime) -> int:
    """Tell of every school whose key the platform reaches and whose numbers are new; how many."""
    told = 0
    for school in School.objects.order_by("pk"):
        if is_training_code(school.code):
            continue
        if KeySource.SERVER not in key_sources(SignerRole.ORGANISATION, school.code):
            continue
        try:
            key = sources_of(school.code).keys().organisation_key(school.code)
            told += tell_school(school=school, at=at, key=key)
        except HocBaError:
            continue  # no key yet, or not the school's: its page says so, and a clerk can send
    return told


def tell_school(*, school: School, at: dt.datetime, key: Key) -> int:
    """Tell of each year of one school of which there is something new; answers how many."""
    told = 0
    for year in years_to_tell(school):
        body = situation_of(school, year, at).to_json()
        if is_news(school, year, body, at):
            platform = platform_actor("school")
            _send_later(school, platform, at, key, body, new_message_id(), by_hand=False)
            told += 1
    return told


def is_news(school: School, school_year: str, body: Mapping[str, Any], at: dt.datetime) -> bool:
    """Do the numbers differ from those that were sent last, or is it long ago?"""
    last = (
        SituationMessage.objects.filter(school=school, school_year=school_year)
        .exclude(state=MessageState.REFUSED)
        .order_by("-pk")
        .first()
    )
    if last is None:
        return True
    return last.digest != digest_of(body) or at - last.created_at >= AGAIN_AFTER


def _send_later(
    school: School,
    by: Actor,
    at: dt.datetime,
    key: Key,
    body: Mapping[str, Any],
    message_id: str,
    *,
    by_hand: bool,
) -> SituationMessage:
    moment = at.replace(microsecond=0)
    check_owner(key.certificate, owner=school.code, organisation=True, at=at)
    prepared = prepare_supplement(
        SupplementKind.SITUATION,
        body,
        key.certificate,
        SignatureAlgorithm[key.algorithm],
        moment,
    )
    [value] = key.sign_digests([prepared.digest])
    request = SupplementRequest(
        message_id=MessageId(message_id),
        unit_code=UnitCode(school.code),
        kind=SupplementKind.SITUATION,
        content=pack_content(complete_supplement(prepared, value)),
    )
    with school_transaction():
        row = SituationMessage.objects.create(
            school=school,
            school_year=body["nam_hoc"],
            message_id=message_id,
            body=dict(body),
            digest=digest_of(body),
            request=request.to_json(),
            by_hand=by_hand,
            created_by=by.user_id or None,
            created_by_name=by.name,
            created_at=at,
        )
        _audit(
            by,
            at,
            "tell_situation",
            f"school:{school.code}",
            {"message_id": message_id, "year": row.school_year},
        )
        school_jobs.configure_task(SEND_JOB, allow_unknown=True).defer(message_row=row.pk)
    return row


def send_situation(
    row_id: int, *, gateway: GatewayClient | None = None, clock: Clock | None = None
) -> None:
    """Send one message of the outbox. Raises `Unavailable`: it stays, and is sent again."""
    row = SituationMessage.objects.select_related("school").get(pk=row_id)
    if row.state != MessageState.WAITING:
        return
    try:
        answer = (gateway or extra_gateway_client()).send(row.request)
    except Unavailable as fault:
        SituationMessage.objects.filter(pk=row_id).update(
            attempts=row.attempts + 1, **problem_columns(fault.sentence)
        )
        raise
    at = (clock or SystemClock()).now()
    refused = _refusal(SupplementAnswer.from_json(answer))
    with school_transaction():
        done = SituationMessage.objects.filter(pk=row_id, state=MessageState.WAITING).update(
            state=MessageState.REFUSED if refused else MessageState.RECEIVED,
            attempts=row.attempts + 1,
            answered_at=at,
            **problem_columns(refused),
        )
        if done:
            _audit(
                platform_actor("school"),
                at,
                "situation_answered",
                f"school:{row.school.code}",
                {"message_id": row.message_id, "refused": refused.vi if refused else ""},
            )


def _refusal(answer: SupplementAnswer) -> Sentence | None:
    """Why the department did not take it, or None."""
    if not answer.head.received:
        head = answer.head
        words = head.response_description or head.error_description or head.error
        known = head.error in list(ResponseCode)
        return Sentence(words, ResponseCode(head.error).sentence.en if known else words)
    lines = answer.result.get("hoc_ba")
    for line in lines if isinstance(lines, list) else []:
        if isinstance(line, Mapping) and not line.get("trang_thai"):
            words = str(line.get("error_description", ""))[:500]
            return Sentence(words, words)
    return None


def _audit(
    by: Actor, at: dt.datetime, action: str, subject: str, detail: Mapping[str, Any]
) -> None:
    record_event(
        using=SCHOOL_DATABASE, by=by, at=at, action=action, subject=subject, detail=dict(detail)
    )
