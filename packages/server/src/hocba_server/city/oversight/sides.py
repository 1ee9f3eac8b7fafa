"""Boards beside the progress: certificates that end, refusals, schools on paper, staff trained."""

from __future__ import annotations

from collections import defaultdict

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from hocba.packet.codes import ResponseCode
from hocba_server.city.certificates.expiry import expiring
from hocba_server.city.certificates.models import CertificateRegistration, Holder
from hocba_server.city.closing.calendar import vietnam_day
from hocba_server.city.oversight.boards import Board, total_of
from hocba_server.city.oversight.models import RefusalTally
from hocba_server.city.oversight.tables import Column, Kind, Row, Table, share
from hocba_server.web.design.language import in_page_language

MOST_DAYS = 366


def expiring_table(board: Board, *, days: int | None = None) -> Table:
    """Approved certificates of schools and leaders that end within so many days."""
    within = max(settings.CERTIFICATE_REMINDER_DAYS, default=60) if days is None else days
    units = [line.unit.pk for line in board.lines]
    rows = CertificateRegistration.objects.filter(unit__in=units).defer("certificate")
    columns = (
        Column("truong", _("Trường")),
        Column("xa", _("Phường, xã")),
        Column("cua", _("Của ai")),
        Column("noi-cap", _("Nơi cấp")),
        Column("het-han", _("Hết hạn"), Kind.DAY),
        Column("con", _("Còn (ngày)"), Kind.NUMBER),
        Column("moi", _("Chứng thư thay")),
    )
    found = tuple(
        Row(
            (
                one.row.unit.name,
                one.row.unit.ward_name,
                _("con dấu số của trường")
                if one.row.holder == Holder.ORGANISATION
                else _("cán bộ quản lý: %(name)s") % {"name": one.row.subject_name},
                one.row.issuer_name,
                vietnam_day(one.row.valid_until),
                one.days,
                _("đã đăng ký") if one.successor else _("chưa có"),
            ),
            link=reverse("city_certificates:registration", args=[one.row.pk]),
            mark="waiting" if one.successor else "danger",
        )
        for one in expiring(rows, at=board.at, within=within)
    )
    return Table(
        "chung-thu",
        _("Chứng thư số sắp hết hạn"),
        columns,
        found,
        empty=_("Không có chứng thư số nào hết hạn trong %(days)d ngày tới.") % {"days": within},
        filters=((_("Trong số ngày tới"), str(within)),),
    )


def reason_words(code: str) -> str:
    """What a code means, in words."""
    if code in list(ResponseCode):
        return in_page_language(ResponseCode(code).sentence)
    return code


def refusals_table(board: Board) -> Table:
    """Refused records by vendor and reason."""
    lines = {line.unit.code: line for line in board.lines}
    rows = RefusalTally.objects.filter(
        school_year=board.choice.school_year, unit_code__in=list(lines)
    )
    counted: dict[tuple[str, str], list[RefusalTally]] = defaultdict(list)
    for row in rows:
        counted[lines[row.unit_code].vendor, row.code].append(row)
    columns = (
        Column("phan-mem", _("Nhà cung cấp phần mềm")),
        Column("ly-do", _("Lý do")),
        Column("ma", _("Mã")),
        Column("luot", _("Lượt bị từ chối"), Kind.NUMBER),
        Column("con", _("Học sinh chưa có học bạ thay"), Kind.NUMBER),
        Column("truong", _("Số trường"), Kind.NUMBER),
        Column("gan-nhat", _("Gần nhất"), Kind.MOMENT),
    )
    found = [
        Row(
            (
                vendor or _("phần mềm học bạ số này, hoặc chưa ghi nhà cung cấp"),
                reason_words(code),
                code,
                sum(row.records for row in group),
                sum(row.open for row in group),
                len(group),
                max(row.newest_at for row in group),
            ),
            mark="danger" if any(row.open for row in group) else "",
        )
        for (vendor, code), group in counted.items()
    ]
    found.sort(key=lambda row: -int(row.cells[3] or 0))  # type: ignore[arg-type] # a number
    return Table(
        "tu-choi",
        _("Học bạ bị từ chối theo nhà cung cấp và lý do"),
        columns,
        tuple(found),
        empty=_("Chưa có học bạ nào bị từ chối trong năm học này."),
        note=_(
            "Một học bạ nộp lại nhiều lần được tính mỗi lần một lượt. Học sinh thiếu nhiều thứ có "
            "thể đứng ở hai lý do."
        ),
    )


def paper_table(board: Board) -> Table:
    """Schools that still keep paper records, and their plan to join."""
    columns = (
        Column("truong", _("Trường")),
        Column("xa", _("Phường, xã")),
        Column("hoc-sinh", _("Học sinh"), Kind.NUMBER),
        Column("ly-do", _("Lý do")),
        Column("ke-hoach", _("Kế hoạch")),
        Column("ngay", _("Dự kiến tham gia"), Kind.DAY),
        Column("bao", _("Số liệu lúc"), Kind.MOMENT),
    )
    rows = []
    for line in board.lines:
        word = line.situation
        if word is None or not word.on_paper:
            continue
        late = word.join_on is None or word.join_on < board.today
        rows.append(
            Row(
                (
                    line.unit.name,
                    line.unit.ward_name,
                    line.expected,
                    word.paper_reason,
                    word.paper_plan or _("chưa ghi kế hoạch"),
                    word.join_on,
                    word.said_at,
                ),
                link=reverse(
                    "city_oversight:school", args=[board.choice.school_year, line.unit.code]
                ),
                mark="danger" if late else "waiting",
            )
        )
    return Table(
        "giay",
        _("Trường còn dùng học bạ giấy"),
        columns,
        tuple(rows),
        empty=_("Không trường nào báo còn dùng học bạ giấy."),
        note=_("Ngày tham gia đã qua hoặc chưa ghi thì cần hỏi lại trường."),
    )


def staff_table(board: Board) -> Table:
    """How many of each school's staff were trained."""
    columns = (
        Column("truong", _("Trường")),
        Column("xa", _("Phường, xã")),
        Column("can-bo", _("Cán bộ, giáo viên"), Kind.NUMBER),
        Column("tap-huan", _("Đã tập huấn"), Kind.NUMBER),
        Column("ty-le", _("Tỷ lệ"), Kind.SHARE),
        Column("bao", _("Số liệu lúc"), Kind.MOMENT),
    )
    rows = []
    for line in board.lines:
        word = line.situation
        total = word.staff_total if word else None
        trained = word.staff_trained if word else None
        part = share(trained or 0, total or 0)
        rows.append(
            Row(
                (
                    line.unit.name,
                    line.unit.ward_name,
                    total,
                    trained,
                    part,
                    word.said_at if word else None,
                ),
                link=reverse(
                    "city_oversight:school", args=[board.choice.school_year, line.unit.code]
                ),
                mark="" if part is None or part >= 1 else "waiting",
            )
        )
    said = [line.situation for line in board.lines if line.situation is not None]
    total = sum(word.staff_total for word in said)
    trained = sum(word.staff_trained for word in said)
    return Table(
        "tap-huan",
        _("Cán bộ, giáo viên đã tập huấn"),
        columns,
        tuple(rows),
        total=(_("Cộng"), None, total, trained, share(trained, total), None) if rows else (),
        empty=_("Chưa có trường nào trong danh sách đơn vị."),
        note=_("%(said)d trên %(all)d trường đã báo.")
        % {"said": len(said), "all": len(board.lines)},
    )


def headline(board: Board) -> dict[str, int]:
    """The numbers at the top of the first page."""
    return {
        "schools": len(board.lines),
        "on_paper": board.total("on_paper"),
        "expected": board.total("due_pupils"),
        "in_force": board.total("in_force"),
        "refused": board.total("refused"),
        "classes": board.total("classes"),
        "closed": board.total("closed"),
        "silent": sum(line.situation is None for line in board.lines),
        "issued": total_of(board.lines, "issued"),
    }
