"""The tables of the national dictionary for a primary record: columns, lengths, what may be empty.

The dictionary describes fields; the division into three tables and their names are our choice, as
are the forms of values where the dictionary gives only a type (decision 25). Lengths count
characters. Source: national data dictionary for education (TTDLQG, 1/7/2026), school record of
primary school; envelope of every row: idbanghi, sukien, phienban, thoigiancapnhat, ngaycapnhat.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from hocba.assessment.catalogue import TRAITS as ASSESSED
from hocba.errors import Sentence

Value = str | int | bool
Values = Mapping[str, Value]


class Table(StrEnum):
    """Our names of the three tables; they stand in messages, files and databases."""

    RECORD = "hocba_tieuhoc"
    STUDY = "hocba_tieuhoc_quatrinh"
    MARKS = "hocba_tieuhoc_bangdiem"


class Event(StrEnum):
    """sukien. Spelt as the tables of the school record spell it."""

    NEW = "NEW"
    UPDATE = "UPdate"
    CANCEL = "CANCEL"


class Form(StrEnum):
    """How a value is written."""

    TEXT = "chuỗi ký tự"
    CODE = "mã trong danh mục"
    DIGITS = "chuỗi chữ số"
    DATE = "ngày YYYY-MM-DD"
    MONTH = "tháng YYYY-MM"
    YEAR = "năm YYYY"
    MOMENT = "thời điểm YYYY-MM-DDTHH:mm:ss"
    NUMBER = "số nguyên"
    BOOLEAN = "true hoặc false"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, longest value, whether it must stand (NN), and its form."""

    name: str
    length: int
    required: bool = True
    form: Form = Form.TEXT
    allowed: frozenset[str] = frozenset()
    tag: str = ""
    """The tag of the record from which the value comes; empty: not from the record."""


def _code(name: str, length: int, *allowed: str, required: bool = True, tag: str = "") -> Column:
    return Column(name, length, required, Form.CODE, frozenset(allowed), tag)


_ENVELOPE: Final = (
    Column("idbanghi", 150),
    _code("sukien", 6, *(event.value for event in Event)),
    Column("phienban", 9, form=Form.NUMBER),
    Column("thoigiancapnhat", 19, form=Form.MOMENT),
    Column("ngaycapnhat", 10, form=Form.DATE),
    Column("madinhdanhhocba", 36, tag="MA_TRA_CUU_UUID"),
)
_LEVELS: Final = ("T", "Đ", "C")
TRAIT_COLUMNS: Final = {
    "06": "nangluctuhoc",
    "07": "nanglucgiaotiep",
    "08": "nanglucgiaiquyet",
    "09": "nanglucngonngu",
    "10": "nangluctinhtoan",
    "11": "nangluckhoahoc",
    "12": "nangluccongnghe",
    "13": "nangluctinhoc",
    "14": "nanglucthammi",
    "15": "nanglucthechat",
    "01": "phamchatyeunuoc",
    "02": "phamchatnhanai",
    "03": "phamchatchamchi",
    "04": "phamchattrungthuc",
    "05": "phamchattrachnhiem",
}
"""Code of a quality or competence -> column."""
_LATE: Final = frozenset({"12", "13"})
"""Technology and informatics: taught from grade 3, so that they may be missing before."""


def _place(name: str, tag: str) -> tuple[Column, ...]:
    return (
        Column(f"{name}_diachichitiet", 250, tag=tag),
        Column(f"{name}_maxa", 5, False, Form.DIGITS, tag=tag),
        Column(f"{name}_matinh", 2, False, Form.DIGITS, tag=tag),
    )


_RECORD: Final = (
    *_ENVELOPE,
    Column("phienbanthongtinhocba", 10, tag="PHIEN_BAN"),
    Column("thongtu", 10, tag="THONG_TU"),
    Column("namhoc", 9, tag="TEN_NAM_HOC"),
    Column("masogd", 2, form=Form.DIGITS, tag="MA_SO_GIAO_DUC"),
    Column("tensogd", 150, tag="TEN_SO_GD"),
    Column("matruong", 20, tag="MA_TRUONG"),
    Column("tentruong", 150, tag="TEN_TRUONG"),
    Column("tenhuyen", 250, False, tag="TEN_QUAN_HUYEN"),
    Column("thongtintruong_diachi_tenxa", 150, tag="TEN_XA_PHUONG"),
    Column("thongtintruong_diachi_maxa", 5, False, Form.DIGITS, tag="TEN_XA_PHUONG"),
    Column("thongtintruong_diachi_tentinh", 150, tag="TEN_TINH_THANH_PHO"),
    Column("thongtintruong_diachi_matinh", 2, form=Form.DIGITS, tag="TEN_TINH_THANH_PHO"),
    _code("macaphoc", 2, "01", "02", "03", "04", "05", tag="MA_CAP_HOC"),
    Column("sosodangbo", 50, False, tag="SO_SO_DANG_BO"),
    Column("hovaten", 150, tag="HO_VA_TEN"),
    Column("sodinhdanh", 12, form=Form.DIGITS, tag="SO_CCCD"),
    Column("mahocsinh", 20, tag="MA_HOC_SINH"),
    _code("gioitinh", 1, "0", "1", "2", tag="GIOI_TINH"),
    Column("ngaythangnamsinh", 10, False, Form.DATE, tag="NGAY_SINH"),
    Column("thangnamsinh", 7, False, Form.MONTH, tag="NGAY_SINH"),
    Column("namsinh", 4, False, Form.YEAR, tag="NGAY_SINH"),
    *_place("noisinh", "NOI_SINH"),
    *_place("quequan", "QUE_QUAN"),
    *_place("noiohiennay", "CHO_O_HIEN_NAY"),
    Column("dantoc", 3, form=Form.DIGITS, tag="DAN_TOC"),
    Column("quoctich", 2, tag="QUOC_TICH"),
    Column("hotencha", 150, False, tag="HO_VA_TEN_CHA"),
    Column("hotenme", 150, False, tag="HO_VA_TEN_ME"),
    Column("hotennguoigiamho", 150, False, tag="HO_VA_TEN_NGUOI_GIAM_HO"),
    Column("tengiamhieu", 150, tag="TEN_GIAM_HIEU_KY_HOC_BA"),
    Column("soddcngiamhieu", 12, form=Form.DIGITS, tag="SO_CCCD_GIAM_HIEU_KY_HOC_BA"),
    Column("chucvugiamhieu", 150, tag="CHUC_VU_GIAM_HIEU_KY_HOC_BA"),
    Column("diadanhphathanh", 150, tag="DIA_DANH_PHAT_HANH_HOC_BA"),
    Column("ngaytao", 10, form=Form.DATE, tag="NGAY_TAO_HOC_BA"),
    Column("ngaykyphathanh", 10, form=Form.DATE, tag="NGAY_KY_PHAT_HANH_HOC_BA"),
    Column("tengvcn", 150, tag="TEN_GIAO_VIEN_CHU_NHIEM"),
    Column("soddcngvcn", 12, form=Form.DIGITS, tag="SO_CCCD_GIAO_VIEN_CHU_NHIEM"),
    Column("makhoi", 2, form=Form.DIGITS, tag="MA_KHOI"),
    Column("tenlop", 10, tag="TEN_LOP"),
    _code("trangthaithongtinhocba", 1, "1", "2"),
    _code("trichluc", 1, "0", "1"),
    Column("doituongchinhsach", 250, False),
    _code("cokhuyettatkhongdanhgia", 1, "0", "1"),
    Column("xeploai", 50, tag="KET_QUA_XEP_LOAI"),
    Column("duoclenlop", 5, form=Form.BOOLEAN, tag="DUOC_LEN_LOP"),
    Column("ndunghoanthanh", 2000, False, tag="NOI_DUNG_HOAN_THANH_CHUONG_TRINH"),
    Column("dahthanhctrinhlophoc", 5, form=Form.BOOLEAN, tag="DA_HOAN_THANH_CHUONG_TRINH_LOP_HOC"),
    Column(
        "dahthanhctrinhtieuhoc", 5, form=Form.BOOLEAN, tag="DA_HOAN_THANH_CHUONG_TRINH_TIEU_HOC"
    ),
    Column("ndungkhenthuong", 2000, False, tag="NOI_DUNG_KHEN_THUONG"),
    Column("ndungkhenthuongdotxuat", 2000, False, tag="NOI_DUNG_KHEN_THUONG_DOT_XUAT"),
    Column("nxetgvcn", 2000, tag="NHAN_XET_GVCN"),
    *(
        _code(TRAIT_COLUMNS[each.code], 1, *_LEVELS, required=each.code not in _LATE)
        for each in ASSESSED
    ),
    Column("nxetphamchat", 500, False, tag="NHAN_XET_PHAM_CHAT"),
    Column("nxetnanglucchung", 500, tag="NHAN_XET_NANG_LUC_CHUNG"),
    Column("nxetnanglucdacthu", 500, tag="NHAN_XET_NANG_LUC_DAC_THU"),
)
_STUDY: Final = (
    *_ENVELOPE,
    Column("namhoc", 9, tag="NAM_HOC"),
    Column("tenlop", 100, tag="TEN_LOP"),
    Column("tentruong", 250, tag="TEN_TRUONG"),
    Column("tentinh", 150),
    Column("ngaytrangthaichuyenden", 10, False, Form.DATE, tag="NGAY_TRANG_THAI_CHUYEN_DEN"),
)
_MARKS: Final = (
    *_ENVELOPE,
    Column("mamonhoc", 3, form=Form.DIGITS, tag="MA_MON_HOC"),
    Column("tenmonhoc", 50, tag="TEN_MON_HOC"),
    _code("mucdatduoc", 1, "T", "H", "C", "M", required=False, tag="MUC_DAT_DUOC"),
    _code(
        "diemkiemtradinhky",
        4,
        *(str(mark) for mark in range(11)),
        "M",
        required=False,
        tag="DIEM_KIEM_TRA_DINH_KY",
    ),
)
COLUMNS: Final[Mapping[Table, tuple[Column, ...]]] = {
    Table.RECORD: _RECORD,
    Table.STUDY: _STUDY,
    Table.MARKS: _MARKS,
}
"""Every table's columns, in the order in which files show them."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be sent: where, what, and what to do."""

    table: Table
    row_id: str
    column: str
    code: str
    """missing, length, form, catalogue, unknown_column or no_birth_date."""
    sentence: Sentence
    blocks: bool = True
    """False: only this row is left out, the record's other rows go."""


_FORMS: Final = {
    Form.DIGITS: re.compile(r"[0-9]+"),
    Form.DATE: re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII),
    Form.MONTH: re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII),
    Form.YEAR: re.compile(r"[12]\d{3}", re.ASCII),
    Form.MOMENT: re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}", re.ASCII),
}
_LARGEST: Final = 10**9
_NOT_ASSESSED: Final = frozenset({"xeploai", *TRAIT_COLUMNS.values()})
"""What may be missing of a disabled pupil who is not assessed (cokhuyettatkhongdanhgia = 1)."""
_EXACT: Final = frozenset({"sodinhdanh", "soddcngiamhieu", "soddcngvcn"})
"""Personal numbers: all twelve digits."""


def check_row(table: Table, values: Mapping[str, object]) -> list[Problem]:
    """Check a row against its table, as sender and as receiver. Never raises for what it holds."""
    row_id = str(values.get("idbanghi", ""))[:150]
    known = {column.name for column in COLUMNS[table]}
    not_assessed = values.get("cokhuyettatkhongdanhgia") == "1"
    found = [
        _problem(table, row_id, name[:60], "unknown_column", "cột không có trong bảng.", "unknown.")
        for name in values
        if name not in known
    ]
    for column in COLUMNS[table]:
        value = values.get(column.name)
        if value is None:
            if column.required and not (not_assessed and column.name in _NOT_ASSESSED):
                sentence = "thiếu giá trị bắt buộc.", "a required value is missing."
                found.append(_problem(table, row_id, column.name, "missing", *sentence))
            continue
        wrong = _wrong(column, value)
        if wrong is not None:
            found.append(_problem(table, row_id, column.name, *wrong))
    births = ("ngaythangnamsinh", "thangnamsinh", "namsinh")
    if table is Table.RECORD and sum(values.get(name) is not None for name in births) != 1:
        sentence = "phải có đúng một dạng ngày sinh.", "exactly one form of birth date is needed."
        found.append(_problem(table, row_id, births[0], "no_birth_date", *sentence))
    return found


def _wrong(column: Column, value: object) -> tuple[str, str, str] | None:
    """Code and both sentences of what is wrong with one value."""
    if column.form is Form.BOOLEAN:
        return None if isinstance(value, bool) else _misformed(column)
    if column.form is Form.NUMBER:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return None if whole and 0 < abs(int(str(value))) < _LARGEST else _misformed(column)
    if not isinstance(value, str) or not value.strip() or not _storable(value):
        return _misformed(column)
    if len(value) > column.length:
        vi = f"dài {len(value)} ký tự, tối đa {column.length}."
        return "length", vi, f"has {len(value)} characters; the limit is {column.length}."
    if column.allowed and value not in column.allowed:
        vi = f"“{value[:20]}” không có trong danh mục."
        return "catalogue", vi, f"“{value[:20]}” is not in the code list."
    pattern = _FORMS.get(column.form)
    if pattern is not None and not (pattern.fullmatch(value) and _is_real(column.form, value)):
        return _misformed(column)
    if column.name in _EXACT and len(value) != column.length:
        return "form", f"phải gồm đúng {column.length} chữ số.", "has the wrong number of digits."
    return None


def _storable(text: str) -> bool:
    """JSON can carry NUL and halves of surrogate pairs, which no database keeps."""
    return "\0" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _is_real(form: Form, value: str) -> bool:
    """Is there such a day?"""
    try:
        if form is Form.DATE:
            date.fromisoformat(value)
        elif form is Form.MOMENT:
            datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _misformed(column: Column) -> tuple[str, str, str]:
    return "form", f"phải là {column.form.value}.", f"must be of the form {column.form.name}."


def _problem(table: Table, row_id: str, column: str, code: str, vi: str, en: str) -> Problem:
    return Problem(table, row_id, column, code, Sentence(f"{column}: {vi}", f"{column}: {en}"))
