"""The line of the main job, each step by the person whose job it is, through the houses' services.

Used by the headless run and to furnish the demo city. Nothing here writes a table: every step is
what a person does in the browser. Signing, sending and receiving happen in the job workers; this
only waits for them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hocba.assessment.catalogue import subjects_of_grade
from hocba.assessment.periods import Period
from hocba.errors import Refused, Unavailable
from hocba.ports import Clock
from hocba.record.values import VIETNAM
from hocba_server.demo.cast import Member, SchoolCast
from hocba_server.demo.city import PROVINCE, SCHOOL_YEAR, SPECIALIST_SUBJECTS, DemoSchool
from hocba_server.demo.typed import homeroom_entries, term_one_entries
from hocba_server.school.assessments.selectors import class_findings
from hocba_server.school.assessments.services import decide_promotion, set_homeroom_data
from hocba_server.school.issuing.services import create_records, open_batch
from hocba_server.school.phrases.services import take_starter_set
from hocba_server.school.registry.models import Classroom
from hocba_server.school.registry.services import add_staff, assign, create_school
from hocba_server.school.signing.selectors import SessionProgress, session_progress
from hocba_server.school.signing.services import start_session
from hocba_server.school.spreadsheets.previews import Preview
from hocba_server.school.spreadsheets.services import (
    preview_class_list,
    preview_subject_results,
    preview_trait_results,
    save_class_list,
    save_subject_results,
    save_trait_results,
)
from hocba_server.school.submission.registrations import (
    query_certificate,
    register_certificate,
)
from hocba_server.school.submission.selectors import PackageView, package_view
from hocba_server.school.submission.services import new_message_id, submit_batch
from hocba_server.school.training.sources import sources_of
from hocba_server.web.spreadsheets.cells import CellFault

Progress = Callable[[int, int], None]
POLL_SECONDS = 0.1
PATIENCE_SECONDS = 300
CLASS_LIST, TRAITS = "danh-sach-lop.xlsx", "nl-pc.xlsx"
PROMOTION_REASON = "Đã được giúp đỡ, có tiến bộ rõ; hội đồng nhà trường thống nhất cho lên lớp."


@dataclass(frozen=True, slots=True)
class OpenSchool:
    """A school that works: its row, its people and their staff numbers."""

    school: DemoSchool
    school_id: int
    cast: SchoolCast
    staff: dict[str, int]
    """Staff row by personal number."""


def found_school(school: DemoSchool, cast: SchoolCast, clock: Clock) -> OpenSchool:
    """The administrator opens the school and enters its staff; the head gives the roles."""
    by, at = cast.administrator.actor, clock.now()
    school_id = create_school(
        by=by,
        at=at,
        code=school.code,
        name=school.name,
        ward_code=school.ward_code,
        ward_name=school.ward_name,
        ownership="public" if school.public else "private",
        mode="digital" if school.digital else "paper",
    )
    staff: dict[str, int] = {}
    roles = {
        cast.head.personal_id: ("HIEU_TRUONG", "CBQL"),
        cast.clerk.personal_id: ("VAN_THU",),
        cast.registrar.personal_id: ("HOC_VU",),
        cast.administrator.personal_id: ("QTV",),
    }
    members = (cast.head, cast.clerk, cast.registrar, cast.administrator)
    for member in (*members, *cast.homeroom.values(), *cast.specialists.values()):
        title = member.title if member.personal_id in roles else "Giáo viên"
        staff[member.personal_id] = add_staff(
            by=by,
            at=at,
            school_id=school_id,
            full_name=member.full_name,
            personal_id=member.personal_id,
            title=title,
        )
        for role in roles.get(member.personal_id, ()):
            assign(
                by=cast.head.actor,
                at=at,
                staff_id=staff[member.personal_id],
                role=role,
                school_year=SCHOOL_YEAR,
            )
    return OpenSchool(school, school_id, cast, staff)


def stock_comment_bank(opened: OpenSchool, clock: Clock) -> int:
    """The head takes the starter set of phrases into the school's bank; answers how many."""
    return take_starter_set(by=opened.cast.head.actor, at=clock.now())


def declare_certificate(opened: OpenSchool, approve: Callable[[], None], clock: Clock) -> None:
    """Clerk and head declare the school's certificate and the head's own (3), the officer
    approves, the school asks (4)."""
    clerk, head = opened.cast.clerk.actor, opened.cast.head.actor
    keys = sources_of(clerk.unit_code).keys()
    declared = [
        register_certificate(
            by=by, at=clock.now(), key=key, message_id=new_message_id(), leader=by is head
        )
        for by, key in (
            (clerk, keys.organisation_key(clerk.unit_code)),
            (head, keys.key_for(str(head.personal_id))),
        )
    ]
    for row in declared:
        _until(lambda row=row: query_certificate(row) in {"sent", "refused"})  # type: ignore[misc]
    approve()
    for row in declared:
        _until(lambda row=row: query_certificate(row) == "approved")  # type: ignore[misc]


def homeroom_teacher(opened: OpenSchool, room: Classroom) -> Member:
    """The homeroom teacher of a class; classes that the demo does not know get the first one."""
    teachers = opened.cast.homeroom
    return teachers.get(room.name) or next(iter(teachers.values()))


def assign_teachers(opened: OpenSchool, classroom_id: int, clock: Clock) -> None:
    """The head says who teaches what in a class."""
    room = Classroom.objects.get(pk=classroom_id)
    homeroom = homeroom_teacher(opened, room)

    def give(member: Member, role: str, subject_code: str = "") -> None:
        assign(
            by=opened.cast.head.actor,
            at=clock.now(),
            staff_id=opened.staff[member.personal_id],
            role=role,
            school_year=SCHOOL_YEAR,
            classroom_id=classroom_id,
            subject_code=subject_code,
        )

    give(homeroom, "GVCN")
    for each in subjects_of_grade(room.grade):
        specialist = opened.cast.specialists.get(str(each.code))
        if room.grade in each.compulsory_grades:
            give(specialist or homeroom, "GVBM", str(each.code))


def read_class_list(opened: OpenSchool, folder: Path, clock: Clock) -> Preview:
    """The registrar opens the class list."""
    return preview_class_list(
        by=opened.cast.registrar.actor,
        at=clock.now(),
        school_id=opened.school_id,
        school_year=SCHOOL_YEAR,
        content=(folder / CLASS_LIST).read_bytes(),
        filename=CLASS_LIST,
    )


def all_faults(opened: OpenSchool, folder: Path, roster: Preview, clock: Clock) -> list[CellFault]:
    """Every fault of every file of a class, before anything is saved."""
    by = opened.cast.registrar.actor
    faults = list(roster.faults)
    for file, code in result_files(folder):
        preview = preview_subject_results(
            by=by,
            at=clock.now(),
            subject_code=code,
            content=file.read_bytes(),
            filename=file.name,
            class_list_preview_id=roster.preview_id,
        )
        faults.extend(preview.faults)
    if (folder / TRAITS).exists():
        preview = preview_trait_results(
            by=by,
            at=clock.now(),
            content=(folder / TRAITS).read_bytes(),
            filename=TRAITS,
            class_list_preview_id=roster.preview_id,
        )
        faults.extend(preview.faults)
    return faults


def result_files(folder: Path) -> list[tuple[Path, str]]:
    """The files of subject results with their subject codes."""
    found = sorted(folder.glob("diem-*.xlsx"))
    return [(file, file.stem.removeprefix("diem-")) for file in found]


def save_roster(opened: OpenSchool, roster: Preview, clock: Clock) -> int:
    """The registrar saves the class list; answers the class."""
    saved = save_class_list(
        by=opened.cast.registrar.actor, at=clock.now(), preview_id=roster.preview_id
    )
    return saved.classroom_ids[0]


def enter_results(
    opened: OpenSchool, classroom_id: int, folder: Path, clock: Clock, show: Progress
) -> int:
    """Each teacher imports the own files; answers the number of results saved."""
    room = Classroom.objects.get(pk=classroom_id)
    homeroom = homeroom_teacher(opened, room)
    files = result_files(folder)
    saved = 0
    for place, (file, code) in enumerate(files, start=1):
        teacher = opened.cast.specialists.get(code, homeroom).actor
        preview = preview_subject_results(
            by=teacher,
            at=clock.now(),
            subject_code=code,
            content=file.read_bytes(),
            filename=file.name,
            classroom_id=classroom_id,
        )
        _refuse_faults(preview)
        saved += save_subject_results(by=teacher, at=clock.now(), preview_id=preview.preview_id)
        show(place, len(files) + 1)
    preview = preview_trait_results(
        by=homeroom.actor,
        at=clock.now(),
        content=(folder / TRAITS).read_bytes(),
        filename=TRAITS,
        classroom_id=classroom_id,
    )
    _refuse_faults(preview)
    saved += save_trait_results(by=homeroom.actor, at=clock.now(), preview_id=preview.preview_id)
    show(len(files) + 1, len(files) + 1)
    return saved


def _refuse_faults(preview: Preview) -> None:
    if preview.faults:
        fault = preview.faults[0]
        raise Refused("faults", str(fault.sentence), fault.sentence.en, where=fault.file)


def type_homeroom_data(opened: OpenSchool, classroom_id: int, clock: Clock) -> int:
    """The homeroom teacher types what no spreadsheet has: weight, height, absences, comment.

    Twice, as in a real year: at the end of term I and at the year's end.
    """
    room = Classroom.objects.get(pk=classroom_id)
    homeroom = homeroom_teacher(opened, room).actor
    set_homeroom_data(
        by=homeroom,
        at=clock.now(),
        classroom_id=classroom_id,
        entries=term_one_entries(room),
        period=Period.END_TERM_1,
    )
    return set_homeroom_data(
        by=homeroom, at=clock.now(), classroom_id=classroom_id, entries=homeroom_entries(room)
    )


def decide_promotions(opened: OpenSchool, classroom_id: int, clock: Clock) -> int:
    """The head decides on each pupil who has not completed the year; answers how many."""
    decided = 0
    for check in class_findings(Classroom.objects.get(pk=classroom_id)):
        if any(finding.code == "promotion_open" for finding in check.year.errors):
            decide_promotion(
                by=opened.cast.head.actor,
                at=clock.now(),
                enrolment_id=check.enrolment.pk,
                promoted=True,
                reason=PROMOTION_REASON,
            )
            decided += 1
    return decided


def open_issue(opened: OpenSchool, classroom_id: int, clock: Clock, issued_on: date) -> int:
    """The head fixes leader and date; the registrar creates the records. Answers the batch."""
    batch_id = open_batch(
        by=opened.cast.head.actor,
        at=clock.now(),
        classroom_id=classroom_id,
        signing_leader_id=opened.staff[opened.cast.head.personal_id],
        issued_on=issued_on,
        issue_place=PROVINCE,
    )
    create_records(by=opened.cast.registrar.actor, at=clock.now(), batch_id=batch_id)
    return batch_id


def signers_of(opened: OpenSchool, classroom_id: int) -> list[tuple[Member, str]]:
    """Who signs a class, in order: specialists, homeroom teacher, head, clerk."""
    room = Classroom.objects.get(pk=classroom_id)
    homeroom = homeroom_teacher(opened, room)
    specialists = [
        (opened.cast.specialists[str(each.code)], "GVBM")
        for each in subjects_of_grade(room.grade)
        if str(each.code) in SPECIALIST_SUBJECTS and room.grade in each.compulsory_grades
    ]
    rest = [
        (homeroom, "GVCN"),
        (opened.cast.head, "CBQL"),
        (opened.cast.clerk, "KY_PHAT_HANH"),
    ]
    return [*specialists, *rest]


def sign(member: Member, role: str, batch_id: int, clock: Clock, show: Progress) -> SessionProgress:
    """One person signs a whole class with one action; the worker does it, this waits."""
    session = start_session(by=member.actor, at=clock.now(), batch_id=batch_id, role=role)

    def finished() -> bool:
        progress = session_progress(session)
        show(progress.done + progress.failed, progress.total)
        return progress.finished

    _until(finished)
    return session_progress(session)


def submit(opened: OpenSchool, batch_id: int, clock: Clock, show: Progress) -> PackageView:
    """The clerk sends the class; waits until the department has answered for every record."""
    package_id = submit_batch(by=opened.cast.clerk.actor, at=clock.now(), batch_id=batch_id)

    def answered() -> bool:
        view = package_view(package_id)
        show(sum(1 for line in view.lines if line.answer != "waiting"), len(view.lines))
        return view.finished

    _until(answered)
    return package_view(package_id)


def _until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > end:
            raise Unavailable(
                "worker",
                "Bộ xử lý nền không làm xong việc trong 5 phút.",
                "The job worker did not finish within 5 minutes.",
            )
        time.sleep(POLL_SECONDS)


def today(clock: Clock) -> date:
    """The present day in Viet Nam."""
    return clock.now().astimezone(VIETNAM).date()
