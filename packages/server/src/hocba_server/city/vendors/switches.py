"""The switches of a vendor, in words: what each is about, its default, its source.

Values become a `hocba.packet.dialect.Dialect`. Nothing touches what is signed or who may send.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hocba.errors import Sentence
from hocba.packet.dialect import Dialect, Numbers, Results, Success, Title

ON, OFF = "on", "off"


@dataclass(frozen=True, slots=True)
class Option:
    """One way a switch can stand."""

    value: str
    title: Sentence


@dataclass(frozen=True, slots=True)
class Switch:
    """One documented ambiguity that a vendor's software may resolve otherwise."""

    name: str
    """Field of `Dialect`."""
    title: Sentence
    why: Sentence
    source: str
    options: tuple[Option, ...]
    """The default first."""

    @property
    def default(self) -> str:
        """What holds for everybody who asked for nothing else."""
        return self.options[0].value


_YES_NO = (
    Option(OFF, Sentence("không nhận", "refuse")),
    Option(ON, Sentence("nhận", "accept")),
)
SWITCHES: Final = (
    Switch(
        "year_as_text",
        Sentence("Năm học ghi bằng chữ", "School year as text"),
        Sentence(
            "Bảng ghi nam_hoc kiểu Number, không nói một hay hai năm. Bật: nhận cả "
            "“2025” và “2025-2026”.",
            "The table has nam_hoc as Number and does not say one year or two. On: “2025” and "
            "“2025-2026” are read too.",
        ),
        "CV 2088 II.2.2, II.2.5",
        _YES_NO,
    ),
    Switch(
        "type_as_number",
        Sentence("Loại gói tin ghi bằng số", "Type as a number"),
        Sentence(
            "Bảng ghi type kiểu String. Bật: nhận cả số 1 thay cho chuỗi “1”.",
            "The table has type as String. On: the number 1 is read like “1”.",
        ),
        "CV 2088 II.2.1, II.2.2",
        _YES_NO,
    ),
    Switch(
        "other_dates",
        Sentence("Ngày hiệu lực dạng khác", "Other forms of ngay_hieu_luc"),
        Sentence(
            "Kiểu Date không nói cách viết. Bật: nhận cả 29/05/2026 và 2026-05-29T00:00:00+07:00.",
            "The type Date does not say its form. On: dd/MM/yyyy and date-times are read too.",
        ),
        "CV 2088 II.1.3, II.2.4",
        _YES_NO,
    ),
    Switch(
        "capital_hash",
        Sentence("Mã băm mật khẩu viết hoa", "Password hash in capitals"),
        Sentence(
            "“Hàm băm SHA256” không nói chữ hoa hay thường. Bật: nhận cả chữ hoa.",
            "“SHA256” does not say which letters. On: capitals are read too.",
        ),
        "CV 2088 II.2.2",
        _YES_NO,
    ),
    Switch(
        "title",
        Sentence("Cách viết tên thẻ lỗi trong trả lời", "Spelling of the error's field"),
        Sentence(
            "Bảng trả lời giao dịch 3 viết error_filed_title, các bảng khác error_field_title.",
            "The answer to transaction 3 is written error_filed_title, all others "
            "error_field_title.",
        ),
        "CV 2088 II.2.3, II.2.4",
        (
            Option(Title.BOTH, Sentence("cả hai cách ở giao dịch 3", "both in transaction 3")),
            Option(Title.OFFICIAL, Sentence("đúng như từng bảng", "as each table has it")),
            Option(Title.RIGHT, Sentence("luôn error_field_title", "always error_field_title")),
        ),
    ),
    Switch(
        "success",
        Sentence("Mã báo tiếp nhận thành công", "Code of success"),
        Sentence(
            "Văn bản không có danh mục mã. Phần mềm có thể đợi mã khác với “0”.",
            "The texts have no catalogue of codes. The software may expect another than “0”.",
        ),
        "CV 2088 II.2.2",
        (
            Option(Success.ZERO, Sentence("0", "0")),
            Option(Success.DOUBLE_ZERO, Sentence("00", "00")),
            Option(Success.HTTP, Sentence("200", "200")),
        ),
    ),
    Switch(
        "codes",
        Sentence("Kiểu của mã trong trả lời", "Type of codes in answers"),
        Sentence(
            "Bảng ghi kiểu String; có phần mềm đọc số.",
            "The tables say String; some software reads numbers.",
        ),
        "CV 2088 II.2.2",
        (
            Option(Numbers.TEXT, Sentence("chuỗi, “1403”", "text, “1403”")),
            Option(Numbers.NUMBER, Sentence("số, 1403", "number, 1403")),
        ),
    ),
    Switch(
        "results",
        Sentence("Dạng trả lời của giao dịch 2 và 6", "Form of answers to 2 and 6"),
        Sentence(
            "Văn bản nói “danh sách”. Đối tượng có thêm pending_count, cho biết còn chờ bao nhiêu.",
            "The text says “a list”. The object also says how many records still wait.",
        ),
        "CV 2088 II.2.3, II.2.7",
        (
            Option(Results.OBJECT, Sentence("đối tượng có danh_sach", "object with danh_sach")),
            Option(Results.LIST, Sentence("chỉ danh sách", "the bare list")),
        ),
    ),
    Switch(
        "own_fields",
        Sentence("Trường thêm của cổng trong trả lời", "Our own fields in answers"),
        Sentence(
            "pending_count và ngay_chot không có trong văn bản; phần mềm đọc chặt có thể báo lỗi.",
            "pending_count and ngay_chot are not in the text; strict readers may fail on them.",
        ),
        "CV 2088 II.2.3",
        (Option(ON, Sentence("gửi", "send")), Option(OFF, Sentence("không gửi", "leave out"))),
    ),
)
BY_NAME: Final = {switch.name: switch for switch in SWITCHES}


@dataclass(frozen=True, slots=True)
class Fixed:
    """An ambiguity without a switch: every reading is accepted, or only one is safe."""

    title: Sentence
    how: Sentence
    source: str


FIXED: Final = (
    Fixed(
        Sentence("Chỗ đặt chữ ký giao dịch", "Place of the transaction signature"),
        Sentence(
            "Cổng luôn nhận cả hai: trong DANH_SACH_HOC_BA, hoặc bên cạnh nó trong GIAO_DICH.",
            "Both are always read: inside DANH_SACH_HOC_BA, or beside it in GIAO_DICH.",
        ),
        "CV 2088 II.2.2, hình 03",
    ),
    Fixed(
        Sentence("“Escape quote”", "“Escape quote”"),
        Sentence(
            'Cổng luôn nhận cả văn bản có \\" lẫn văn bản để nguyên.',
            'Texts with \\" and texts left as they are are always read.',
        ),
        "CV 2088 II.2.2",
    ),
    Fixed(
        Sentence("Ngày trong học bạ", "Dates inside records"),
        Sentence(
            "NGAY_SINH là dd/MM/yyyy; ngày khác là ngày giờ ISO. Dữ liệu đã ký nên không đọc "
            "khác đi cho riêng ai.",
            "NGAY_SINH is dd/MM/yyyy, others ISO date-times. They are signed, so that nobody "
            "gets another reading.",
        ),
        "CV 2088 II.1.3, II.2.6",
    ),
    Fixed(
        Sentence("Thẻ chứa và Id trong học bạ", "Containers and Ids inside records"),
        Sentence(
            "Cổng đọc hai cấu trúc (2024 và 2025) và mọi giá trị Id không trùng; thẻ lạ luôn bị từ "
            "chối, vì có thể che dữ liệu khác.",
            "Both structures (2024 and 2025) and any unique Ids are read; unknown tags are always "
            "refused, since they could hide other data.",
        ),
        "CV 2088 II.1.5",
    ),
    Fixed(
        Sentence("TEN_QUAN_HUYEN sau 01/07/2025", "TEN_QUAN_HUYEN after 01/07/2025"),
        Sentence(
            "Cổng luôn nhận khi bỏ thẻ, ghi tên cũ hoặc ghi “-”.",
            "Leaving it out, the old name and “-” are always read.",
        ),
        "CV 2088 phụ lục 1.1",
    ),
    Fixed(
        Sentence("messageid khi hỏi kết quả", "messageid of a query"),
        Sentence(
            "Luôn là mã của gói đã gửi. Trả lời theo mã đơn vị mà không cần mã gói sẽ lộ thông tin "
            "học sinh cho người chỉ biết mã trường.",
            "Always the id of the package sent. Answering by unit code alone would tell pupils' "
            "data to anybody who knows the school's code.",
        ),
        "CV 2088 II.2.3",
    ),
)


def dialect_of(values: Mapping[str, str]) -> Dialect:
    """The dialect of switches that stand otherwise than by default."""
    chosen: dict[str, Any] = {}
    for name, value in values.items():
        switch = BY_NAME.get(name)
        if switch is None or value not in {option.value for option in switch.options}:
            continue  # a switch of an earlier version says nothing any more
        chosen[name] = value == ON if value in {ON, OFF} else _ENUMS[name](value)
    return Dialect(**chosen)


_ENUMS: Final = {"title": Title, "success": Success, "codes": Numbers, "results": Results}
