"""Put the document together from the school's own settings and choices."""

from __future__ import annotations

import datetime as dt

from hocba_server.school.assessments.windows import windows_of
from hocba_server.school.registry.models import Ownership, School, SchoolRole
from hocba_server.school.regulation import text_general, text_security, text_work
from hocba_server.school.regulation.choices import Choices
from hocba_server.school.regulation.document import Place, RegulationDocument, or_dots
from hocba_server.school.staffing.facts_services import upper_body
from hocba_server.school.staffing.selectors import school_roles
from hocba_server.school.staffing.years import years_known

_GROUNDS = (
    "Căn cứ Luật Giao dịch điện tử ngày 22 tháng 6 năm 2023;",
    "Căn cứ Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15;",
    "Căn cứ Thông tư số 70/2026/TT-BGDĐT ngày 22 tháng 8 năm 2026 của Bộ trưởng Bộ Giáo dục và Đào "
    "tạo quy định về quản lý và sử dụng học bạ số trong các cơ sở giáo dục phổ thông và cơ sở giáo "
    "dục thường xuyên;",
    "Căn cứ Thông tư số 27/2020/TT-BGDĐT ngày 04 tháng 9 năm 2020 của Bộ trưởng Bộ Giáo dục và Đào "
    "tạo ban hành Quy định đánh giá học sinh tiểu học;",
    "Căn cứ Quyết định số 1789/QĐ-SGDĐT ngày 14 tháng 6 năm 2024 của Giám đốc Sở Giáo dục và Đào "
    "tạo Thành phố Hồ Chí Minh ban hành Quy chế tạm thời quản lý, sử dụng Hệ thống theo dõi, đánh "
    "giá học sinh và học bạ số ngành Giáo dục và Đào tạo Thành phố Hồ Chí Minh;",
    "Căn cứ Kế hoạch số 2106/KH-SGDĐT ngày 22 tháng 4 năm 2025 của Sở Giáo dục và Đào tạo Thành "
    "phố Hồ Chí Minh về triển khai học bạ số;",
    "Xét đề nghị của Ban quản trị học bạ số của nhà trường.",
)
_BOARD = {
    SchoolRole.PRINCIPAL: "Trưởng ban, chỉ đạo chung",
    SchoolRole.SCHOOL_LEADER: "Phó Trưởng ban, phụ trách ký số và tiến độ",
    SchoolRole.REGISTRAR: "Thành viên, phụ trách hồ sơ học sinh",
    SchoolRole.SCHOOL_CLERK: "Thành viên, phụ trách phát hành và chứng thư số của trường",
    SchoolRole.ADMINISTRATOR: "Thành viên, phụ trách tài khoản",
}
_WINDOWS = ("window_mid_1", "window_end_1", "window_mid_2", "window_year")


def proposed_choices(school: School, at: dt.datetime) -> Choices:
    """What the school's own settings say already: people, windows, this year."""
    year = years_known(school, at.date())[0]
    rows = school_roles(school, year)
    board: dict[int, str] = {}
    for row in rows:
        task = _BOARD[SchoolRole(row.role)]
        board.setdefault(row.staff_id, f"{row.staff.full_name}; {row.staff.title}; {task}")
    by_role = {row.role: row.staff.full_name for row in rows}
    windows = {}
    for name, line in zip(_WINDOWS, windows_of(school, year, at), strict=False):
        if line.window is not None:
            opens, closes = line.window.opens_on, line.window.closes_on
            windows[name] = f"từ {opens:%d/%m/%Y} đến {closes:%d/%m/%Y}"
    proposed = Choices(
        school_year=year,
        board="\n".join(board.values()),
        organisation_keeper=by_role.get(SchoolRole.SCHOOL_CLERK.value, ""),
        backup_person=by_role.get(SchoolRole.ADMINISTRATOR.value, ""),
        security_person=by_role.get(SchoolRole.ADMINISTRATOR.value, ""),
        personal_certificates_approved=bool(school.settings.get("personal_certificates_approved")),
    )
    return Choices.from_json({**proposed.to_json(), **windows})


def compose(school: School, choices: Choices) -> RegulationDocument:
    """The whole document."""
    head = next(
        (row for row in school_roles(school, choices.school_year) if row.role == "HIEU_TRUONG"),
        None,
    )
    place = Place(
        upper_body=upper_body(school),
        school=school.name,
        ward=school.ward_name,
        department=school.department_name,
        head_name=head.staff.full_name if head else "",
        public=school.ownership == Ownership.PUBLIC,
    )
    return RegulationDocument(
        place=place,
        choices=choices,
        grounds=_GROUNDS,
        articles_of_decision=(
            "Ban hành kèm theo Quyết định này Quy chế tạo lập, quản lý và sử dụng học bạ số của "
            f"{school.name}.",
            "Quyết định này có hiệu lực kể từ ngày ký"
            + (f", áp dụng từ năm học {choices.school_year}." if choices.school_year else "."),
            "Ban quản trị học bạ số, các tổ chuyên môn, tổ văn phòng, cán bộ, giáo viên, nhân viên "
            "và cha mẹ học sinh của nhà trường chịu trách nhiệm thi hành Quyết định này./.",
        ),
        chapters=(
            text_general.general(place),
            text_general.duties(choices),
            text_work.making(choices),
            text_work.using(choices),
            text_security.security(place, choices),
            text_security.carrying_out(choices),
        ),
        board=tuple(choices.board_members),
        calendar=_calendar(choices),
    )


def _calendar(choices: Choices) -> tuple[tuple[str, str, str], ...]:
    return (
        ("Đầu năm học", "Ký quyết định phân công; xác nhận dữ liệu học sinh", "Hiệu trưởng, GVCN"),
        (or_dots(choices.window_mid_1), "Nhập kết quả giữa học kỳ I", "Giáo viên"),
        (or_dots(choices.window_end_1), "Nhập kết quả cuối học kỳ I", "Giáo viên"),
        (or_dots(choices.window_mid_2), "Nhập kết quả giữa học kỳ II", "Giáo viên"),
        (or_dots(choices.window_year), "Nhập kết quả cuối năm học", "Giáo viên"),
        (f"Trước {choices.subject_sign_by}", "Ký kết quả môn học", "Giáo viên bộ môn"),
        (f"Trước {choices.homeroom_sign_by}", "Ký học bạ của lớp", "Giáo viên chủ nhiệm"),
        (f"Trước {choices.leader_sign_by}", "Ký với vai trò lãnh đạo", "Cán bộ quản lý"),
        (f"Trước {choices.issue_by}", "Ký phát hành, nộp về Sở", "Văn thư"),
        (f"Trước {choices.close_by}", "Chốt học bạ toàn trường", "Hiệu trưởng, văn thư"),
        (
            f"Trước {choices.reassessed_close_by}",
            "Chốt học bạ của học sinh đánh giá bổ sung",
            "Hiệu trưởng, văn thư",
        ),
    )
