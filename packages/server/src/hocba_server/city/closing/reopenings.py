"""Exceptional reopening of a closed class, by decision; and the department's dates of a year."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from hocba.errors import Refused
from hocba.ids import SchoolYear
from hocba.rendition.scans import media_type_of, safe_name
from hocba_server.city.closing.calendar import Dates, vietnam_day
from hocba_server.city.closing.models import ClassClosing, ClosingCalendar, Reopening
from hocba_server.city.closing.selectors import ClassKey, class_state
from hocba_server.city.database import CITY_DATABASE, city_transaction
from hocba_server.city.permissions import CityRole, deny_role, require
from hocba_server.city.transparency.services import lock_log
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.audit.services import record_event

LONGEST = dt.timedelta(days=92)
"""A reopening is an exception: three months at most."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the decision to open a class again says."""

    number: str
    date: dt.date
    reason: str
    until: dt.date
    """The last day on which the class is open."""
    filename: str
    content: bytes
    """The scan, PDF or JPEG."""


def reopen_class(*, by: Actor, at: dt.datetime, key: ClassKey, decision: Decision) -> int:
    """Open a closed class again until a day. Answers the row of the closing that is undone.

    Its records may be recalled again and new ones come in; the closing and its list stay, and the
    next list names it. Raises `Refused`: `role`, `not_closed`, `decision` (what is missing in it,
    in `where`), `file_…`.
    """
    require(deny_role(by, CityRole.OFFICER))
    today = vietnam_day(at)
    number = " ".join(decision.number.split())[:50]
    reason = " ".join(decision.reason.split())[:1000]
    _check(number, reason, decision, today)
    media_type = media_type_of(decision.content)
    with city_transaction():
        lock_log()
        closing = _closed_now(key, at)
        row = Reopening.objects.create(
            closing=closing,
            decision_number=number,
            decision_date=decision.date,
            reason=reason,
            until=decision.until,
            filename=safe_name(decision.filename, media_type),
            media_type=media_type,
            content=decision.content,
            sha256=hashlib.sha256(decision.content).hexdigest(),
            opened_by=by.user_id,
            opened_by_name=by.name,
            opened_at=at,
        )
        detail = {
            "closing": row.closing_id,
            "decision": number,
            "decision_date": decision.date.isoformat(),
            "until": decision.until.isoformat(),
            "reason": reason,
            "file": row.sha256,
        }
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="reopen_class",
            subject=f"class:{':'.join(key)}"[:120],
            detail=detail,
        )
    return row.closing_id


def _closed_now(key: ClassKey, at: dt.datetime) -> ClassClosing:
    """The closing that holds the class. Raises `Refused` with code `not_closed`."""
    state = class_state(key, at)
    if state is None or not state.closed:
        raise Refused(
            "not_closed",
            "Lớp này đang mở nên không cần mở lại.",
            "The class is open already.",
        )
    if state.reopening is not None:
        raise Refused(
            "not_closed",
            "Thời gian mở lại vừa hết. Chốt lại lớp trước, rồi mới mở theo quyết định khác.",
            "The last reopening is over; close the class again first.",
        )
    return state.closing


def _check(number: str, reason: str, decision: Decision, today: dt.date) -> None:
    if not number:
        raise _wrong("number", "Ghi số quyết định.", "Give the number of the decision.")
    if decision.date > today:
        raise _wrong(
            "date", "Ngày quyết định ở tương lai. Xem lại.", "The decision is dated in the future."
        )
    if not reason:
        raise _wrong("reason", "Ghi lý do mở lại.", "Give the reason.")
    if not today <= decision.until <= today + LONGEST:
        raise _wrong(
            "until",
            f"Ngày mở đến phải từ hôm nay đến {today + LONGEST:%d/%m/%Y}.",
            f"The last day must lie between today and {today + LONGEST:%d/%m/%Y}.",
        )


def _wrong(where: str, vi: str, en: str) -> Refused:
    return Refused("decision", vi, en, where=where)


def set_dates(
    *,
    by: Actor,
    at: dt.datetime,
    school_year: str,
    main_on: dt.date,
    reassessed_on: dt.date,
    automatic: bool,
    late_first: bool,
) -> Dates:
    """Set the dates of a school year; earlier ones stay on record.

    Raises `Refused`: `role`, `dates` (the second is not after the first, or one lies outside the
    twelve months after the year began in September); `Malformed` for no school year.
    """
    require(deny_role(by, CityRole.OFFICER))
    year = SchoolYear.parse(school_year)
    first, last = dt.date(year.first, 9, 1), dt.date(year.first + 2, 1, 1)
    if not first <= main_on < reassessed_on < last:
        raise Refused(
            "dates",
            f"Ngày chốt sau đánh giá bổ sung phải sau ngày chốt lần một, và cả hai nằm trong "
            f"khoảng {first:%d/%m/%Y} đến {last:%d/%m/%Y}.",
            "The second date must follow the first, and both must belong to the year.",
            where="reassessed_on",
        )
    with city_transaction():
        ClosingCalendar.objects.create(
            school_year=school_year,
            main_on=main_on,
            reassessed_on=reassessed_on,
            automatic=automatic,
            late_first=late_first,
            set_by=by.user_id,
            set_by_name=by.name,
            set_at=at,
        )
        record_event(
            using=CITY_DATABASE,
            by=by,
            at=at,
            action="set_closing_dates",
            subject=f"year:{school_year}",
            detail={
                "main_on": main_on.isoformat(),
                "reassessed_on": reassessed_on.isoformat(),
                "automatic": automatic,
                "late_first": late_first,
            },
        )
    return Dates(school_year, main_on, reassessed_on, automatic, late_first, by.name, at)
