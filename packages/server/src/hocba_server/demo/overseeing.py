"""What gives the department's boards life: schools that only report, dates near today, some days.

Everything that a real department does goes through its services; only the days before today are
invented here, because nobody waits two weeks for a chart.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from dataclasses import dataclass

from hocba.ids import SchoolYear
from hocba.packet.situation import GradeLine, OnPaper, Situation
from hocba_server.adapters.gateway import gateway_client
from hocba_server.city.certificates.models import Unit
from hocba_server.city.certificates.services import register_unit
from hocba_server.city.certificates.units import set_unit
from hocba_server.city.closing.calendar import vietnam_day
from hocba_server.city.oversight.dates import set_step_dates
from hocba_server.city.oversight.models import DaySnapshot, Source, Step
from hocba_server.city.oversight.situations import save_situation, save_situations
from hocba_server.city.oversight.tallying import count_everything
from hocba_server.demo.cast import DepartmentCast, SchoolCast
from hocba_server.demo.city import SCHOOL_YEAR, SCHOOLS
from hocba_server.school.situation.models import MessageState, SituationMessage
from hocba_server.school.situation.services import set_word, tell_all
from hocba_server.school.submission.models import Package

DAYS = 12
PATIENCE_SECONDS = 30
_Reached = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class ReportingSchool:
    """An invented school of which the department knows only what it reports."""

    code: str
    name: str
    ward_code: str
    ward_name: str
    levels: tuple[str, ...]
    grades: tuple[tuple[int, int, int, _Reached], ...]
    """Grade, classes, pupils, classes at each step."""
    staff: tuple[int, int]
    public: bool = True
    paper: OnPaper | None = None


REPORTING = (
    ReportingSchool(
        code="79267400002",
        name="Trường Tiểu học Sao Mai (DEMO)",
        ward_code="26740",
        ward_name="Phường Sài Gòn",
        levels=("primary",),
        grades=(
            (1, 2, 37, (2, 2, 1, 1, 0)),
            (2, 2, 38, (2, 1, 1, 0, 0)),
            (3, 1, 22, (1, 1, 0, 0, 0)),
            (4, 1, 20, (1, 0, 0, 0, 0)),
            (5, 2, 36, (2, 2, 2, 1, 0)),
        ),
        staff=(41, 36),
    ),
    ReportingSchool(
        code="79267370002",
        name="Trường Tiểu học và THCS Ánh Dương (DEMO)",
        ward_code="26737",
        ward_name="Phường Tân Định",
        levels=("primary", "lower_secondary"),
        grades=(
            (1, 1, 19, (1, 1, 1, 1, 0)),
            (6, 2, 41, (2, 1, 0, 0, 0)),
            (9, 2, 39, (2, 2, 1, 0, 0)),
        ),
        staff=(58, 58),
        public=False,
    ),
    ReportingSchool(
        code="79267400003",
        name="Trường THPT Bạch Đằng (DEMO)",
        ward_code="26740",
        ward_name="Phường Sài Gòn",
        levels=("upper_secondary",),
        grades=(
            (10, 2, 44, (2, 2, 1, 1, 0)),
            (11, 2, 40, (2, 1, 1, 0, 0)),
            (12, 1, 21, (1, 1, 1, 1, 0)),
        ),
        staff=(96, 71),
    ),
    ReportingSchool(
        code="79276640002",
        name="Trường Tiểu học Rừng Đước (DEMO, học bạ giấy)",
        ward_code="27664",
        ward_name="Xã Cần Giờ",
        levels=("primary",),
        grades=((1, 1, 24, (0,) * 5), (2, 1, 19, (0,) * 5), (3, 1, 22, (0,) * 5)),
        staff=(11, 2),
        paper=OnPaper("đường truyền chưa ổn định", "kéo cáp quang trong hè, tập huấn tháng 8"),
    ),
)


def say_word(cast: SchoolCast, at: dt.datetime) -> None:
    """The registrar writes how many of the staff were trained."""
    set_word(
        by=cast.registrar.actor,
        at=at,
        school_year=SCHOOL_YEAR,
        staff_total=16,
        staff_trained=13,
    )


def furnish_oversight(cast: DepartmentCast, at: dt.datetime) -> None:
    """Fill the boards. The schools' classes must be there, and the job workers running."""
    _enter_units(cast, at)
    _enter_situations(cast, at)
    _set_dates(cast, at)
    _send_twice()
    tell_all(at=at)
    _wait_for_answers()
    count_everything(at=at, school_year=SCHOOL_YEAR)
    _invent_days(vietnam_day(at))


def _enter_units(cast: DepartmentCast, at: dt.datetime) -> None:
    by = cast.administrator.actor
    for school in REPORTING:
        register_unit(
            by=by,
            at=at,
            code=school.code,
            name=school.name,
            ownership="public" if school.public else "private",
            ward_code=school.ward_code,
            ward_name=school.ward_name,
        )
        set_unit(by=by, at=at, code=school.code, levels=school.levels, email="")


def _enter_situations(cast: DepartmentCast, at: dt.datetime) -> None:
    """The department takes a spreadsheet over; the ward enters its school on paper by hand."""
    join_on = vietnam_day(at) + dt.timedelta(days=120)
    situations = {
        school.code: Situation(
            school_year=SchoolYear(SCHOOL_YEAR),
            said_at=at,
            staff_total=school.staff[0],
            staff_trained=school.staff[1],
            grades=tuple(GradeLine(*grade) for grade in school.grades),
            on_paper=school.paper,
        )
        for school in REPORTING
    }
    save_situations(by=cast.officer.actor, at=at, situations=situations, source=Source.SPREADSHEET)
    paper = next(school for school in SCHOOLS if not school.digital)
    said = Situation(
        school_year=SchoolYear(SCHOOL_YEAR),
        said_at=at,
        staff_total=14,
        staff_trained=5,
        grades=(GradeLine(3, 1, 27),),
        on_paper=OnPaper("chưa có thiết bị ký số", "nhận thiết bị ký trong tháng tới", join_on),
    )
    ward = cast.ward_officers.get(paper.ward_code, cast.officer)
    save_situation(by=ward.actor, at=at, unit_code=paper.code, situation=said)


def _set_dates(cast: DepartmentCast, at: dt.datetime) -> None:
    today = vietnam_day(at)
    days = {Step.CERTIFICATE: -20, Step.COMPLETE: -5, Step.ISSUED: 5, Step.RECEIVED: 12}
    set_step_dates(
        by=cast.officer.actor,
        at=at,
        school_year=SCHOOL_YEAR,
        days={
            step: (
                today + dt.timedelta(days=number),
                today + dt.timedelta(days=number - 5) if step is Step.ISSUED else None,
            )
            for step, number in days.items()
        },
    )


def _send_twice() -> None:
    """A vendor's software sends a class a second time: the department refuses what it has."""
    private = next(school for school in SCHOOLS if not school.public)
    package = Package.objects.filter(school__code=private.code).order_by("pk").first()
    if package is None:
        return
    request = dict(package.request)
    sender = dict(request["authenticationRequest"])
    sender["messageid"] = str(uuid.uuid4())
    request["authenticationRequest"] = sender
    gateway_client().send(request)


def _wait_for_answers() -> None:
    """The schools' job worker sends what they told; for some seconds it is waited for."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < give_up:
        if not SituationMessage.objects.filter(state=MessageState.WAITING).exists():
            return
        time.sleep(0.2)


def _invent_days(today: dt.date) -> None:
    """Days before today, growing towards what was counted today."""
    for unit in Unit.objects.all():
        row = DaySnapshot.objects.filter(
            unit_code=unit.code, school_year=SCHOOL_YEAR, day=today
        ).first()
        if row is None:
            continue
        DaySnapshot.objects.bulk_create(
            [
                DaySnapshot(
                    day=today - dt.timedelta(days=back),
                    school_year=SCHOOL_YEAR,
                    unit_code=unit.code,
                    expected=row.expected,
                    in_force=row.in_force * max(DAYS - back - 3, 0) // DAYS,
                    refused=0,
                    classes=row.classes,
                    closed=0,
                )
                for back in range(DAYS, 0, -1)
            ],
            ignore_conflicts=True,
        )
