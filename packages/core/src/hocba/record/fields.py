"""The Ministry's tags, in the order of annex 1.1, with what the Ministry demands of each.

`required` is the X of annex 1.1 with the additions of QĐ 1789/QĐ-SGDĐT (homeroom teacher) and
without the district, which was abolished on 1/7/2025. Lengths are those of the national record
(TTDLQG), in characters. Misspelt tags are written as the official text writes them.
Source: CV 2088/BGDĐT-GDTH annex 1.1; QĐ 1789/QĐ-SGDĐT annex II.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from hocba.ids import TraitCode


@dataclass(frozen=True, slots=True)
class Field:
    """A simple tag: its name, whether it must stand, and its longest value in characters."""

    tag: str
    required: bool = True
    max_length: int = 250


def _fields(*entries: tuple[str, bool, int]) -> tuple[Field, ...]:
    return tuple(Field(*entry) for entry in entries)


GENERAL: Final = _fields(
    ("PHIEN_BAN", True, 10),
    ("THONG_TU", True, 30),
    ("MA_TRA_CUU_UUID", True, 36),
    ("TEN_NAM_HOC", True, 9),
    ("MA_SO_GIAO_DUC", True, 2),
    ("TEN_SO_GD", True, 150),
    ("MA_TRUONG", True, 20),
    ("TEN_TRUONG", True, 150),
    ("TEN_QUAN_HUYEN", False, 250),
    ("TEN_XA_PHUONG", True, 150),
    ("TEN_TINH_THANH_PHO", True, 150),
    ("MA_CAP_HOC", True, 2),
    ("SO_SO_DANG_BO", True, 50),
    ("HO_VA_TEN", True, 150),
    ("SO_CCCD", True, 12),
    ("MA_HOC_SINH", True, 20),
    ("GIOI_TINH", True, 3),
    ("NGAY_SINH", True, 25),
    ("CAN_NANG", True, 10),
    ("CHIEU_CAO", True, 10),
    ("TONG_SO_BUOI_NGHI_CO_PHEP", True, 4),
    ("THONG_SO_BUOI_NGHI_KHONG_PHEP", True, 4),
    ("NOI_SINH", True, 250),
    ("QUE_QUAN", True, 250),
    ("CHO_O_HIEN_NAY", True, 250),
    ("DAN_TOC", True, 50),
    ("QUOC_TICH", True, 50),
    ("HO_VA_TEN_CHA", False, 150),
    ("HO_VA_TEN_ME", True, 150),
    ("HO_VA_TEN_NGUOI_GIAM_HO", False, 150),
    ("TEN_GIAM_HIEU_KY_HOC_BA", True, 150),
    ("SO_CCCD_GIAM_HIEU_KY_HOC_BA", True, 12),
    ("DIA_DANH_PHAT_HANH_HOC_BA", True, 150),
    ("NGAY_TAO_HOC_BA", True, 25),
    ("NGAY_KY_PHAT_HANH_HOC_BA", True, 25),
    ("CHUC_VU_GIAM_HIEU_KY_HOC_BA", True, 150),
    ("TEN_GIAO_VIEN_CHU_NHIEM", True, 150),
    ("SO_CCCD_GIAO_VIEN_CHU_NHIEM", True, 12),
    ("MA_KHOI", True, 2),
    ("TEN_LOP", True, 10),
    ("NAM_HOC", True, 9),
)
"""THONG_TIN_CHUNG: 41 fields."""

HISTORY: Final = _fields(
    ("NAM_HOC", True, 9),
    ("TEN_LOP", True, 100),
    ("TEN_TRUONG", True, 250),
    ("NGAY_TRANG_THAI_CHUYEN_DEN", True, 25),
)
"""QUA_TRINH_HOC_TAP: one per school year so far."""

SUMMARY: Final = _fields(
    ("KET_QUA_XEP_LOAI", True, 50),
    ("DUOC_LEN_LOP", True, 1),
    ("NOI_DUNG_HOAN_THANH_CHUONG_TRINH", False, 2000),
    ("DA_HOAN_THANH_CHUONG_TRINH_LOP_HOC", True, 1),
    ("DA_HOAN_THANH_CHUONG_TRINH_TIEU_HOC", True, 1),
    ("NOI_DUNG_KHEN_THUONG", False, 2000),
    ("NOI_DUNG_KHEN_THUONG_DOT_XUAT", False, 2000),
    ("NHAN_XET_GVCN", True, 2000),
)
"""The simple fields of TONG_KET, in front of marks and traits."""

SUBJECT: Final = _fields(
    ("MA_MON_HOC", True, 3),
    ("TEN_MON_HOC", True, 50),
    ("MUC_DAT_DUOC", True, 1),
    ("DIEM_KIEM_TRA_DINH_KY", False, 4),
)
"""DIEM_TONG_KET: one per subject that the pupil takes."""

TEACHER: Final = _fields(("HO_VA_TEN", True, 150), ("SO_CCCD", True, 12))
"""GVBM inside DIEM_TONG_KET, profile v2_2025."""

TRAIT_TAGS: Final = {
    "NANG_LUC_TU_CHU_TU_HOC": TraitCode("06"),
    "NANG_LUC_GIAO_TIEP_HOC_TAC": TraitCode("07"),
    "NANG_LUC_GIAI_QUYET_VAN_DE_SANG_TAO": TraitCode("08"),
    "NANG_LUC_NGON_NGU": TraitCode("09"),
    "NANG_LUC_TINH_TOAN": TraitCode("10"),
    "NANG_LUC_KHOA_HOC": TraitCode("11"),
    "NANG_LUC_CONG_NGHE": TraitCode("12"),
    "NANG_LUC_TIN_HOC": TraitCode("13"),
    "NANG_LUC_THAM_MI": TraitCode("14"),
    "NANG_LUC_THE_CHAT": TraitCode("15"),
    "PHAM_CHAT_YEU_NUOC": TraitCode("01"),
    "PHAM_CHAT_NHAN_AI": TraitCode("02"),
    "PHAM_CHAT_CHAM_CHI": TraitCode("03"),
    "PHAM_CHAT_TRUNG_THUC": TraitCode("04"),
    "PHAM_CHAT_TRACH_NHIEM": TraitCode("05"),
}
_NOT_IN_GRADES_1_AND_2: Final = frozenset({"NANG_LUC_CONG_NGHE", "NANG_LUC_TIN_HOC"})

TRAITS: Final = (
    *(Field(tag, tag not in _NOT_IN_GRADES_1_AND_2, 1) for tag in TRAIT_TAGS),
    Field("NHAN_XET_PHAM_CHAT", max_length=500),
    Field("NHAN_XET_NANG_LUC_CHUNG", max_length=500),
    Field("NHAN_XET_NANG_LUC_DAC_THU", max_length=500),
)
"""DANH_GIA_NANG_LUC_PHAM_CHAT."""

VERSIONS: Final = {"v1_2024": "1.0", "v2_2025": "2.0"}
"""PHIEN_BAN by profile; the Ministry has named neither value."""
