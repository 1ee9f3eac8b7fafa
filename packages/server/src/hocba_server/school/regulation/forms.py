"""The form of the choices: which fields stand on the page, in which groups, how they are read."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final

from django.http import QueryDict

from hocba.errors import Sentence
from hocba_server.school.regulation.choices import BACKUP_WORDS, Backup, Choices


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of the page."""

    name: str
    label: Sentence
    kind: str
    """`text`, `long`, `number`, `check` or `choice`."""
    value: object = ""


_GROUPS: Final[tuple[tuple[Sentence, tuple[tuple[str, str, str], ...]], ...]] = (
    (
        Sentence("Văn bản", "Document"),
        (
            ("school_year", "Áp dụng từ năm học", "In force from school year"),
            ("number", "Số quyết định (để trống nếu chưa có)", "Number of the decision (if known)"),
            ("issued_on", "Ngày ký (ngày/tháng/năm, để trống nếu chưa có)", "Date (if known)"),
        ),
    ),
    (
        Sentence("Ban quản trị", "Board"),
        (
            (
                "board_number",
                "Số quyết định thành lập Ban quản trị (để trống: thành lập bằng quy chế này)",
                "Number of the decision on the board (empty: set up by this regulation)",
            ),
            ("board_date", "Ngày quyết định đó", "Its date"),
            (
                "board",
                "Danh sách: mỗi người một dòng, dạng họ tên; chức vụ; nhiệm vụ",
                "Members: one a line, as name; position; task",
            ),
        ),
    ),
    (
        Sentence("Thời gian nhập kết quả", "Entry windows"),
        (
            ("window_mid_1", "Giữa học kỳ I", "Middle of term I"),
            ("window_end_1", "Cuối học kỳ I", "End of term I"),
            ("window_mid_2", "Giữa học kỳ II", "Middle of term II"),
            ("window_year", "Cuối năm học", "End of the year"),
        ),
    ),
    (
        Sentence("Hạn ký, phát hành, chốt (ngày/tháng)", "Deadlines (day/month)"),
        (
            ("subject_sign_by", "Giáo viên bộ môn ký trước", "Subject teachers sign before"),
            ("homeroom_sign_by", "Giáo viên chủ nhiệm ký trước", "Homeroom teachers sign before"),
            ("leader_sign_by", "Lãnh đạo ký trước", "Leaders sign before"),
            ("issue_by", "Văn thư phát hành trước", "Clerk issues before"),
            ("close_by", "Chốt trước (không sau 30/6)", "Closing before (30/6 at the latest)"),
            (
                "reassessed_close_by",
                "Chốt sau đánh giá bổ sung trước (không sau 15/8)",
                "Closing after re-assessment before (15/8 at the latest)",
            ),
        ),
    ),
    (
        Sentence("Số ngày", "Number of days"),
        (
            ("return_days", "Sửa học bạ bị trả lại (ngày làm việc)", "Returned records (days)"),
            ("permission_days", "Phép sửa sau khi khoá (ngày làm việc)", "Permission (days)"),
            ("transfer_days", "Ký kết quả khi chuyển trường (ngày làm việc)", "Transfer (days)"),
            ("handover_days", "Giao học bạ cho gia đình sau khi chốt (ngày)", "Hand-over (days)"),
            ("request_days", "Trả lời yêu cầu của gia đình (ngày làm việc)", "Requests (days)"),
        ),
    ),
    (
        Sentence("Chứng thư số và thiết bị", "Certificates and devices"),
        (
            ("token_personal", "Cá nhân ký bằng USB token", "Persons sign with a USB token"),
            ("remote_personal", "Cá nhân ký bằng dịch vụ từ xa", "Persons sign with a service"),
            ("sim_leader", "Cán bộ quản lý ký bằng SIM PKI", "Leaders sign with SIM PKI"),
            (
                "personal_certificates_approved",
                "Hiệu trưởng duyệt chứng thư số cá nhân trước khi ký",
                "The head approves personal certificates before they sign",
            ),
            ("organisation_keeper", "Người giữ USB token của trường", "Keeper of the school token"),
            ("organisation_place", "Nơi cất", "Where it is kept"),
        ),
    ),
    (
        Sentence("An toàn, sao lưu", "Security, backups"),
        (
            ("security_person", "Người phụ trách an toàn thông tin", "Person for security"),
            ("two_factor", "Bắt buộc hai lớp xác thực", "Two factors at sign-in"),
            ("own_devices", "Được dùng máy cá nhân", "Own devices are allowed"),
            ("backup_person", "Người phụ trách sao lưu", "Person for backups"),
            ("backup", "Sao lưu", "Backups"),
            ("backup_places", "Nơi sao lưu", "Where backups are kept"),
        ),
    ),
    (
        Sentence("Sử dụng, tổ chức thực hiện", "Use, carrying out"),
        (
            ("paper_copies", "Có điều về bản in, bản sao", "An article on prints and copies"),
            ("training_times", "Tập huấn mỗi năm học (lần)", "Trainings a year"),
            ("inspection_times", "Kiểm tra mỗi năm học (lần)", "Inspections a year"),
        ),
    ),
)
BACKUP_CHOICES: Final = [(value.value, words) for value, words in BACKUP_WORDS.items()]


def groups(choices: Choices) -> list[tuple[Sentence, list[Entry]]]:
    """The groups of the page with the values of now."""
    return [
        (
            title,
            [
                Entry(name, Sentence(vi, en), _kind(name), getattr(choices, name))
                for name, vi, en in entries
            ],
        )
        for title, entries in _GROUPS
    ]


def read(data: QueryDict) -> Choices:
    """What the page sent. What cannot be read becomes something that `check` refuses."""
    values: dict[str, object] = {}
    for field in fields(Choices):
        text = data.get(field.name, "").strip()
        match _kind(field.name):
            case "check":
                values[field.name] = text == "1"
            case "number":
                digits = text.isascii() and text.isdecimal() and len(text) < 4
                values[field.name] = int(text) if digits else 0
            case "choice":
                values[field.name] = text if text in list(Backup) else Backup.TERM.value
            case _:
                values[field.name] = text
    return Choices.from_json(values)


def _kind(name: str) -> str:
    default = getattr(Choices(), name)
    if isinstance(default, bool):
        return "check"
    if isinstance(default, int):
        return "number"
    return {"board": "long", "backup": "choice"}.get(name, "text")
