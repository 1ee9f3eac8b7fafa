"""What is stuck and why: each thing once, with since when, and where somebody can act on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hocba_server.city.closing.calendar import vietnam_day
from hocba_server.city.gateway.models import IncomingPackage, PackageState
from hocba_server.city.oversight.boards import Board, SchoolLine
from hocba_server.city.oversight.dates import Due
from hocba_server.city.oversight.models import Step
from hocba_server.city.oversight.tables import Column, Kind, Row, Table
from hocba_server.city.recalls.models import CaseState, RecallCase


class Cause(StrEnum):
    """Why something is stuck. Values stand in addresses."""

    PACKAGE_WAITS = "goi-cho"
    DECISION_WAITS = "cho-quyet-dinh"
    CERTIFICATE_WAITS = "chung-thu-cho"
    NO_CERTIFICATE = "chua-co-chung-thu"
    CERTIFICATE_OVER = "chung-thu-het-han"
    REFUSED = "bi-tu-choi"
    NO_SUCCESSOR = "chua-thay"
    NO_PACKAGE = "chua-nop"
    INCOMPLETE = "nop-thieu"
    NOT_CLOSED = "chua-chot"
    NO_WORD = "chua-bao"


def cause_title(cause: Cause) -> str:
    """The cause as a heading."""
    return {
        Cause.PACKAGE_WAITS: _("Gói học bạ chờ kiểm tra quá lâu"),
        Cause.DECISION_WAITS: _("Yêu cầu thu hồi, chỉnh lý chờ quyết định"),
        Cause.CERTIFICATE_WAITS: _("Chứng thư số chờ duyệt"),
        Cause.NO_CERTIFICATE: _("Chưa có chứng thư số được phê duyệt"),
        Cause.CERTIFICATE_OVER: _("Chứng thư số đã hết hạn"),
        Cause.REFUSED: _("Học bạ bị từ chối, chưa nộp lại"),
        Cause.NO_SUCCESSOR: _("Học bạ đã thu hồi, chưa có bản thay thế"),
        Cause.NO_PACKAGE: _("Sắp đến hạn hoặc quá hạn mà chưa nộp gói nào"),
        Cause.INCOMPLETE: _("Quá hạn mà nộp chưa đủ"),
        Cause.NOT_CLOSED: _("Đến hạn mà chưa chốt"),
        Cause.NO_WORD: _("Chưa báo số lớp, số học sinh"),
    }[cause]


OURS: Final = frozenset(
    {Cause.PACKAGE_WAITS, Cause.DECISION_WAITS, Cause.CERTIFICATE_WAITS, Cause.NOT_CLOSED}
)
"""What the office itself has to do; everything else is the school's."""


@dataclass(frozen=True, slots=True)
class Stuck:
    """One school that is stuck for one cause."""

    cause: Cause
    line: SchoolLine
    words: str
    since: dt.datetime | dt.date | None
    link: str


def find_stuck(board: Board, dates: dict[Step, Due]) -> list[Stuck]:
    """Everything that is stuck among the schools of a board, by cause and school."""
    found = [*_waiting_here(board), *_by_school(board, dates)]
    order = list(Cause)
    return sorted(found, key=lambda one: (order.index(one.cause), one.line.unit.name.casefold()))


def _waiting_here(board: Board) -> Iterable[Stuck]:
    lines = {line.unit.code: line for line in board.lines}
    old = board.at - dt.timedelta(minutes=settings.OVERSIGHT_WAIT_MINUTES)
    packages = IncomingPackage.objects.filter(
        state=PackageState.RECEIVED, received_at__lt=old
    ).order_by()
    for row in packages.values("unit_code").annotate(n=Count("pk"), since=Min("received_at")):
        if row["unit_code"] in lines:
            line = lines[row["unit_code"]]
            words = ngettext("%(n)d gói", "%(n)d gói", row["n"]) % {"n": row["n"]}
            link = _school(board, line)
            yield Stuck(Cause.PACKAGE_WAITS, line, words, row["since"], link)
    cases = RecallCase.objects.filter(state=CaseState.WAITING).order_by()
    for row in cases.values("package__unit_code").annotate(
        n=Count("pk"), since=Min("package__received_at")
    ):
        line_ = lines.get(row["package__unit_code"])
        if line_ is not None:
            words = ngettext("%(n)d học bạ", "%(n)d học bạ", row["n"]) % {"n": row["n"]}
            link = reverse("city_recalls:requests")
            yield Stuck(Cause.DECISION_WAITS, line_, words, row["since"], link)


def _by_school(board: Board, dates: dict[Step, Due]) -> Iterable[Stuck]:
    near = dt.timedelta(days=settings.OVERSIGHT_STUCK_DAYS)
    for line in board.lines:
        if line.on_paper:
            continue
        yield from _certificate(board, line)
        yield from _records(board, line)
        due = dates[Step.RECEIVED].on
        link = _school(board, line)
        if not line.in_force and not line.seen_classes and board.today >= due - near:
            words = _when(due, board.today)
            yield Stuck(Cause.NO_PACKAGE, line, words, due, link)
        elif line.left and board.today > due and (line.in_force or line.seen_classes):
            words = _("còn %(n)d học bạ") % {"n": line.left}
            yield Stuck(Cause.INCOMPLETE, line, words, due, link)
        closing = dates[Step.CLOSED].on
        open_ = line.seen_classes - line.closed
        if open_ > 0 and board.today >= closing:
            words = ngettext("%(n)d lớp", "%(n)d lớp", open_) % {"n": open_}
            at = reverse("city_closing:school", args=[board.choice.school_year, line.unit.code])
            yield Stuck(Cause.NOT_CLOSED, line, words, closing, at)
        if line.situation is None:
            yield Stuck(
                Cause.NO_WORD,
                line,
                _("chưa biết trường có bao nhiêu học sinh phải có học bạ"),
                None,
                link,
            )


def _certificate(board: Board, line: SchoolLine) -> Iterable[Stuck]:
    if line.seal.waiting:
        link = reverse("city_certificates:registrations")
        words = ngettext("%(n)d chứng thư", "%(n)d chứng thư", line.seal.waiting) % {
            "n": line.seal.waiting
        }
        yield Stuck(Cause.CERTIFICATE_WAITS, line, words, line.seal.waiting_since, link)
    if line.seal.holds(board.at):
        return
    if line.seal.approved_until is not None:
        words = _("trường không phát hành được")
        yield Stuck(
            Cause.CERTIFICATE_OVER, line, words, line.seal.approved_until, _school(board, line)
        )
    elif not line.seal.waiting:
        words = _("trường chưa đăng ký, hoặc chứng thư bị từ chối hay đã chấm dứt")
        yield Stuck(Cause.NO_CERTIFICATE, line, words, None, _school(board, line))


def _records(board: Board, line: SchoolLine) -> Iterable[Stuck]:
    for cause, number in (
        (Cause.REFUSED, line.counted["refused"]),
        (Cause.NO_SUCCESSOR, line.counted["missing"]),
    ):
        if number:
            words = ngettext("%(n)d học bạ", "%(n)d học bạ", number) % {"n": number}
            yield Stuck(cause, line, words, None, _school(board, line))


def _when(due: dt.date, today: dt.date) -> str:
    days = (due - today).days
    if days > 0:
        return _("còn %(days)d ngày đến hạn") % {"days": days}
    if days == 0:
        return _("hôm nay là hạn")
    return _("quá hạn %(days)d ngày") % {"days": -days}


def _school(board: Board, line: SchoolLine) -> str:
    return reverse("city_oversight:school", args=[board.choice.school_year, line.unit.code])


def stuck_table(found: Sequence[Stuck], cause: str = "") -> Table:
    """What is stuck, of one cause or of all."""
    columns = (
        Column("truong", _("Trường")),
        Column("xa", _("Phường, xã")),
        Column("vi-sao", _("Vì sao")),
        Column("chi-tiet", _("Chi tiết")),
        Column("tu", _("Từ"), Kind.DAY),
        Column("viec-cua", _("Việc của")),
    )
    rows = tuple(
        Row(
            (
                one.line.unit.name,
                one.line.unit.ward_name,
                cause_title(one.cause),
                one.words,
                vietnam_day(one.since) if isinstance(one.since, dt.datetime) else one.since,
                _("Sở, phường, xã") if one.cause in OURS else _("trường"),
            ),
            link=one.link,
            mark="danger",
        )
        for one in found
        if cause in {"", one.cause.value}
    )
    return Table(
        "vuong",
        _("Việc đang vướng"),
        columns,
        rows,
        empty=_("Không có việc nào đang vướng."),
    )


def causes(found: Sequence[Stuck]) -> list[tuple[str, str, int]]:
    """Address name, title and number of every cause that there is."""
    counted = {cause: sum(one.cause is cause for one in found) for cause in Cause}
    return [(cause.value, cause_title(cause), n) for cause, n in counted.items() if n]
