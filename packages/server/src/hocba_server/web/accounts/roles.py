"""The roles of the regulation, as people read them (QĐ 1789/QĐ-SGDĐT Điều 5.3c, 28, 30-35)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise  # a development package: types only


@dataclass(frozen=True, slots=True)
class Role:
    """One role: its code in the rights tables, its name, and what the person comes to do."""

    code: str
    house: str
    name: StrPromise
    work: StrPromise


ROLES: Final = (
    Role(
        "GVBM",
        "school",
        _("Giáo viên bộ môn"),
        _("Nhập điểm và nhận xét môn mình dạy, rồi ký cả lớp một lần."),
    ),
    Role(
        "GVCN",
        "school",
        _("Giáo viên chủ nhiệm"),
        _("Nhập kết quả cuối năm, xem lớp còn thiếu gì, rồi ký cả lớp một lần."),
    ),
    Role(
        "HOC_VU",
        "school",
        _("Nhân viên học vụ"),
        _("Nhập danh sách lớp và khởi tạo học bạ của cả lớp."),
    ),
    Role(
        "VAN_THU",
        "school",
        _("Nhân viên văn thư"),
        _("Ký phát hành bằng chứng thư số của trường và nộp học bạ về Sở."),
    ),
    Role(
        "CBQL",
        "school",
        _("Cán bộ quản lý"),
        _("Xem tình hình các lớp, trả lại khi cần và ký học bạ của cả lớp."),
    ),
    Role(
        "HIEU_TRUONG",
        "school",
        _("Hiệu trưởng"),
        _("Mở đợt phát hành, xét lên lớp và ký học bạ của cả lớp."),
    ),
    Role(
        "QTV",
        "school",
        _("Quản trị viên của trường"),
        _("Quản lý tài khoản và quyền; không xem, không sửa kết quả học tập."),
    ),
    Role(
        "SO_DUYET",
        "city",
        _("Chuyên viên Sở"),
        _("Phê duyệt chứng thư số của trường và theo dõi học bạ các trường nộp về."),
    ),
    Role(
        "SO_QT",
        "city",
        _("Quản trị hệ thống của Sở"),
        _("Giao và thu hồi vai trò của cán bộ; không xem kết quả học tập."),
    ),
    Role(
        "SO_KY",
        "city",
        _("Văn thư Sở"),
        _("Ký các gói gửi lên kho dữ liệu của Bộ bằng chứng thư số của Sở."),
    ),
    Role(
        "XA_VHXH",
        "city",
        _("Phòng Văn hoá - Xã hội"),
        _("Phê duyệt chứng thư số và theo dõi học bạ của các trường thuộc phường, xã."),
    ),
    Role(
        "KIEM_TRA",
        "city",
        _("Thanh tra, kiểm tra"),
        _("Xem học bạ khi có lý do; mỗi lượt xem đều được ghi lại."),
    ),
    Role(
        "HS_PH",
        "city",
        _("Học sinh, phụ huynh"),
        _("Xem học bạ của con, tải tệp và xem ai đã mở."),
    ),
)
_BY_CODE: Final = {role.code: role for role in ROLES}


_WITH_PLACE: Final = (
    ("Giáo viên chủ nhiệm lớp ", gettext_noop("Giáo viên chủ nhiệm lớp %(name)s")),
    ("Giáo viên môn ", gettext_noop("Giáo viên môn %(name)s")),
)


def spoken_title(title: str) -> str:
    """A job title, kept in Vietnamese as the decision names it, in the language of the page.

    Titles that we have no words for stay as they are.
    """
    for begin, pattern in _WITH_PLACE:
        if title.startswith(begin):
            return gettext(pattern) % {"name": title.removeprefix(begin)}
    return gettext(title) if title else ""


def role(code: str) -> Role | None:
    """Find a role by its code."""
    return _BY_CODE.get(code)


def role_names(codes: tuple[str, ...] | list[str]) -> str:
    """Names of several roles in one line, e.g. for the page header."""
    return ", ".join(str(_BY_CODE[code].name) for code in codes if code in _BY_CODE)
