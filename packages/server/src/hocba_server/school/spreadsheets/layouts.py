"""The layouts of schools' spreadsheets: their columns, by the headers that files really carry.

Layout a is the pupil list that HCMC schools export, b the Ministry's C1-HocSinh, c marks per
subject, d qualities and competences; the homeroom layout is our own (docs/formats/spreadsheets.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hocba.assessment.catalogue import TRAITS
from hocba.errors import Sentence
from hocba_server.school.spreadsheets.models import ImportKind
from hocba_server.web.spreadsheets.workbook import NUMBER, Heading

CODE, NAME, BIRTH, GENDER = "Mã định danh Bộ GD&ĐT", "Họ tên", "Ngày sinh", "Giới tính"
ETHNIC, STATUS, BIRTH_PLACE = "Dân tộc", "Trạng thái", "Nơi sinh chi tiết"
HOME_PROVINCE, HOME_WARD, ADDRESS = "Tỉnh thành quê quán", "Phường Xã quê quán", "Chỗ ở hiện nay"
FATHER, MOTHER, CLASSROOM, GRADE = "Tên cha", "Tên mẹ", "Lớp học", "Khối học"
PERSONAL_ID = "Số định danh cá nhân"
CLASS_LIST_COLUMNS: Final = (
    NUMBER, CODE, NAME, BIRTH, GENDER, ETHNIC, STATUS, "SĐT liên hệ", BIRTH_PLACE,
    "Tổ/thôn Hộ khẩu thường trú", HOME_PROVINCE, HOME_WARD, ADDRESS, "Số CMND", "Ngày cấp",
    "Nơi cấp", FATHER, "Nghề nghiệp cha", "Năm sinh cha", MOTHER, "Nghề nghiệp mẹ", "Năm sinh mẹ",
    CLASSROOM, GRADE, PERSONAL_ID,
)  # fmt: skip
"""Layout a as HCMC schools export it."""

_NUMBER: Final = Heading(NUMBER, ("TT", "Số TT", "Số thứ tự"), required=False)
_ANY_CODE: Final = (
    "Mã học sinh",
    "Mã định danh",
    CODE,
    "Mã định danh Bộ GDĐT",
    "Mã định danh học sinh",
    "Mã HS",
)
_ANY_NAME: Final = ("Họ và tên", "Họ tên", "Họ và tên học sinh", "Họ tên học sinh", "Tên học sinh")
_ANY_BIRTH: Final = ("Ngày tháng năm sinh", "Ngày, tháng, năm sinh", "Sinh ngày")
CLASS_LIST: Final = (
    _NUMBER,
    Heading(CODE, (*_ANY_CODE, "MA_HOC_SINH")),
    Heading(NAME, (*_ANY_NAME, "HO_TEN")),
    Heading(BIRTH, (*_ANY_BIRTH, "NGAY_SINH")),
    Heading(GENDER, ("Nam/Nữ", "Phái", "GIOI_TINH")),
    Heading(ETHNIC, ("Tên dân tộc", "DAN_TOC")),
    Heading(STATUS, ("Trạng thái học sinh", "Trạng thái HS", "TRANG_THAI"), required=False),
    Heading(BIRTH_PLACE, ("Nơi sinh", "Nơi sinh (chi tiết)", "NOI_SINH")),
    Heading(HOME_PROVINCE, ("Quê quán", "Tỉnh/TP quê quán", "Nguyên quán", "QUE_QUAN")),
    Heading(HOME_WARD, ("Xã/Phường quê quán", "Xã phường quê quán"), required=False),
    Heading(
        ADDRESS,
        ("Nơi ở hiện nay", "Chỗ ở hiện tại", "Địa chỉ", "Địa chỉ thường trú", "CHO_O_HIEN_NAY"),
    ),
    Heading(FATHER, ("Họ tên cha", "Họ và tên cha", "Họ tên bố", "HO_TEN_CHA"), required=False),
    Heading(MOTHER, ("Họ tên mẹ", "Họ và tên mẹ", "HO_TEN_ME")),
    Heading(CLASSROOM, ("Lớp", "Tên lớp", "Tên lớp học", "TEN_LOP")),
    Heading(GRADE, ("Khối", "Khối lớp", "MA_KHOI"), required=False),
    Heading(
        PERSONAL_ID,
        (
            "Số định danh",
            "Mã định danh cá nhân",
            "Số ĐDCN",
            "Số ĐDCN/CCCD",
            "Số CCCD/ĐDCN",
            "Số định danh cá nhân/CCCD",
            "Số CMND/CCCD",
            "CCCD",
            "SO_DINH_DANH_CA_NHAN",
        ),
    ),
)
"""Layouts a and b. A file without grade or status still tells enough: see `class_list`."""

RESULT_NAME, RESULT_CLASSROOM, PERIOD = "Họ và tên", "Lớp", "Thời điểm đánh giá"
SUBJECT_CODE_HEADER, TRAIT_CODE_HEADER = "Mã học sinh", "Mã định danh"
LEVEL, SCORE, COMMENT_CODE, COMMENT = (
    "Mức đạt được",
    "Điểm KTĐK",
    "Mã nhận xét",
    "Nội dung nhận xét",
)
SUBJECT_COLUMNS: Final = (
    NUMBER,
    RESULT_CLASSROOM,
    SUBJECT_CODE_HEADER,
    RESULT_NAME,
    BIRTH,
    LEVEL,
    SCORE,
    COMMENT_CODE,
    COMMENT,
    PERIOD,
)
"""Layout c."""
SUBJECT_FIELDS: Final = {"level": LEVEL, "test_score": SCORE, "comment": COMMENT}
COMMENT_FIELDS: Final = {
    "general_competence_comment": "Nhận xét NL Chung",
    "specific_competence_comment": "Nhận xét NL Đặc thù",
    "quality_comment": "Nhận xét Phẩm chất",
}
TRAIT_LEVELS: Final = {str(trait.code): trait.name for trait in TRAITS}
TRAIT_COLUMNS: Final = (
    NUMBER,
    RESULT_CLASSROOM,
    TRAIT_CODE_HEADER,
    RESULT_NAME,
    BIRTH,
    *COMMENT_FIELDS.values(),
    PERIOD,
    *TRAIT_LEVELS.values(),
)
"""Layout d, and a column per quality and competence that schools add to it."""
HOMEROOM_FIELDS: Final = {
    "weight_kg": "Cân nặng (kg)",
    "height_cm": "Chiều cao (cm)",
    "excused_absences": "Số buổi nghỉ có phép",
    "unexcused_absences": "Số buổi nghỉ không phép",
    "homeroom_comment": "Nhận xét của giáo viên chủ nhiệm",
    "award_text": "Khen thưởng",
    "special_award_text": "Khen thưởng đột xuất",
    "promotion_proposal": "Đề nghị về lên lớp",
}
HOMEROOM_COLUMNS: Final = (
    NUMBER,
    RESULT_CLASSROOM,
    SUBJECT_CODE_HEADER,
    RESULT_NAME,
    BIRTH,
    *HOMEROOM_FIELDS.values(),
    PERIOD,
)
"""Our own layout: no official one exists."""


def _pupil(code_header: str) -> tuple[Heading, ...]:
    return (
        _NUMBER,
        Heading(RESULT_CLASSROOM, ("Lớp học", "Tên lớp")),
        Heading(code_header, (*_ANY_CODE, "MA_HOC_SINH")),
        Heading(RESULT_NAME, _ANY_NAME),
        Heading(BIRTH, _ANY_BIRTH),
    )


_PERIOD: Final = Heading(
    PERIOD, ("Thời điểm", "Kỳ đánh giá", "Đợt đánh giá", "Giai đoạn"), required=False
)
SUBJECT: Final = (
    *_pupil(SUBJECT_CODE_HEADER),
    Heading(LEVEL, ("Mức đạt", "Mức độ đạt được", "Mức ĐG", "Mức đánh giá")),
    Heading(
        SCORE,
        ("Điểm kiểm tra định kì", "Điểm KT định kì", "Điểm kiểm tra", "Điểm KT", "Điểm", "KTĐK"),
    ),
    Heading(COMMENT_CODE, ("Mã NX",), required=False),
    Heading(COMMENT, ("Nhận xét", "Nội dung NX"), required=False),
    _PERIOD,
)
TRAIT: Final = (
    *_pupil(TRAIT_CODE_HEADER),
    Heading("Nhận xét NL Chung", ("Nhận xét năng lực chung", "NX NL chung")),
    Heading("Nhận xét NL Đặc thù", ("Nhận xét năng lực đặc thù", "NX NL đặc thù")),
    Heading("Nhận xét Phẩm chất", ("Nhận xét PC", "NX phẩm chất", "NX PC")),
    _PERIOD,
    *(
        Heading(name, (name.replace("Thẩm mĩ", "Thẩm mỹ"),), required=False)
        for name in TRAIT_LEVELS.values()
    ),
)
HOMEROOM: Final = (
    *_pupil(SUBJECT_CODE_HEADER),
    Heading(HOMEROOM_FIELDS["weight_kg"], ("Cân nặng", "Cân nặng, kg"), required=False),
    Heading(HOMEROOM_FIELDS["height_cm"], ("Chiều cao", "Chiều cao, cm"), required=False),
    Heading(
        HOMEROOM_FIELDS["excused_absences"],
        ("Nghỉ có phép", "Số ngày nghỉ có phép", "Vắng có phép", "Nghỉ học có phép"),
        required=False,
    ),
    Heading(
        HOMEROOM_FIELDS["unexcused_absences"],
        ("Nghỉ không phép", "Số ngày nghỉ không phép", "Vắng không phép", "Nghỉ học không phép"),
        required=False,
    ),
    Heading(
        HOMEROOM_FIELDS["homeroom_comment"],
        ("Nhận xét của GVCN", "Nhận xét GVCN", "Nhận xét chung"),
        required=False,
    ),
    Heading(HOMEROOM_FIELDS["award_text"], ("Danh hiệu", "Nội dung khen thưởng"), required=False),
    Heading(HOMEROOM_FIELDS["special_award_text"], ("Khen đột xuất",), required=False),
    Heading(HOMEROOM_FIELDS["promotion_proposal"], ("Đề nghị lên lớp",), required=False),
    _PERIOD,
)


KIND_NAMES: Final = {
    ImportKind.CLASS_LIST: Sentence("Danh sách lớp", "Class list"),
    ImportKind.SUBJECT: Sentence("Kết quả môn học", "Results of a subject"),
    ImportKind.TRAITS: Sentence("Phẩm chất, năng lực", "Qualities and competences"),
    ImportKind.HOMEROOM: Sentence("Dữ liệu chủ nhiệm", "Homeroom data"),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """A kind of sheet: its columns, and those of which one must stand there to know it by."""

    kind: ImportKind
    headings: tuple[Heading, ...]
    marks: frozenset[str]
    columns: tuple[str, ...]
    """The header row as it is written out."""


LAYOUTS: Final = {
    layout.kind: layout
    for layout in (
        Layout(
            ImportKind.HOMEROOM,
            HOMEROOM,
            frozenset(HOMEROOM_FIELDS.values()),
            HOMEROOM_COLUMNS,
        ),
        Layout(
            ImportKind.TRAITS,
            TRAIT,
            frozenset({*COMMENT_FIELDS.values(), "Yêu nước", "Nhân ái"}),
            TRAIT_COLUMNS,
        ),
        Layout(ImportKind.SUBJECT, SUBJECT, frozenset({LEVEL, SCORE}), SUBJECT_COLUMNS),
        Layout(
            ImportKind.CLASS_LIST,
            CLASS_LIST,
            frozenset({GENDER, MOTHER, ADDRESS, PERSONAL_ID}),
            CLASS_LIST_COLUMNS,
        ),
    )
}
"""In the order in which a sheet is tried."""
