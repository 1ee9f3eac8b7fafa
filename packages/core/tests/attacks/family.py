"""What an attack is, and the genuine files from which every attack is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

VECTORS = Path(__file__).resolve().parents[4] / "vectors"
GENUINE_XML = (VECTORS / "files" / "valid.xml").read_bytes()
GENUINE_PDF = (VECTORS / "files" / "valid.pdf").read_bytes()


@dataclass(frozen=True)
class Attack:
    """One file that somebody made so that it passes for genuine."""

    family: str
    name: str
    content: bytes
    neutral: bool = False
    """It says the same as the genuine file in other bytes: only what depends on the exact bytes
    (the public log, the PDF's seal) can and must refuse it."""

    def __str__(self) -> str:
        return f"{self.family}: {self.name}"


@dataclass(frozen=True)
class Family:
    """A published family of attacks."""

    name: str
    source: str
    vi: str
    """What the attacker does, for the table of docs/security."""


PDF_FAMILIES = (
    Family("incremental saving", "Mladenov et al., CCS 2019", "ghi thêm vào sau phần đã đóng dấu"),
    Family("signature wrapping", "Mladenov et al., CCS 2019", "dời phần đã ký, chèn phần lạ"),
    Family(
        "universal signature forgery",
        "Mladenov et al., CCS 2019",
        "làm hỏng /ByteRange, /Contents để bộ kiểm tra bỏ qua",
    ),
    Family("shadow hide", "Mainka et al., NDSS 2021", "che nội dung khi ký, bỏ lớp che sau đó"),
    Family("shadow replace", "Mainka et al., NDSS 2021", "đổi phông chữ, giá trị ô sau khi ký"),
    Family(
        "shadow hide and replace", "Mainka et al., NDSS 2021", "giấu một tài liệu thứ hai rồi tráo"
    ),
    Family("evil annotation", "Rohlmann et al., S&P 2021", "thêm chú thích lên tệp đã chứng nhận"),
    Family(
        "sneaky signature", "Rohlmann et al., S&P 2021", "thêm chữ ký có hình lên tệp đã chứng nhận"
    ),
    Family("seal of another key", "QĐ 1789 Điều 12", "đóng dấu bằng khoá của người khác"),
    Family("attachment confusion", "own", "tráo, nhân đôi tệp đính kèm"),
    Family("face that lies", "own", "dữ liệu đúng, trang giấy hiện khác"),
)
XML_FAMILIES = (
    Family(
        "wrapping",
        "McIntosh and Austel 2005; Somorovsky et al. 2012 (XSW 1-8)",
        "dời phần đã ký đi nơi khác, đặt phần giả vào chỗ cũ",
    ),
    Family("duplicate ids", "Jensen et al. 2011", "hai phần cùng một mã Id"),
    Family("transforms", "W3C XML Signature Best Practices 2013", "phép biến đổi lạ"),
    Family("references", "W3C XML Signature Best Practices 2013", "tham chiếu rỗng, ra ngoài"),
    Family("key confusion", "CVE-2009-0217; CVE-2022-21449", "khoá, thuật toán, giá trị ký giả"),
    Family("canonicalisation", "CVE-2017-11427 and others", "cùng dạng chuẩn tắc, khác cách đọc"),
    Family("entities", "CVE-2003-1564 and others", "thực thể, DOCTYPE, bom XML"),
    Family("comments and instructions", "CVE-2017-11427", "chú thích, chỉ thị cắt đôi chữ"),
    Family("encodings", "own", "mã hoá ký tự khác"),
    Family("edited data", "own", "sửa dữ liệu, bỏ hoặc nhân đôi chữ ký"),
)


def replaced(data: bytes, old: bytes, new: bytes, count: int = 1) -> bytes:
    """Replace what must be there."""
    assert old in data, old
    return data.replace(old, new, count)


def numbered(family: str, contents: Iterator[tuple[str, bytes]]) -> list[Attack]:
    """Attacks of a family from names and contents."""
    return [Attack(family, name, content) for name, content in contents]
