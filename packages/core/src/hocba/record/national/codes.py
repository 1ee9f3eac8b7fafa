"""Words of the record -> codes of the national dictionary: sex, ethnic groups, countries, places.

Sources: QCVN 109:2017/BTTTT (sex); the General Statistics Office's list of ethnic groups (QĐ
121-TCTK/PPCĐ, with 55 foreigner and 56 unknown); ISO 3166-1 with the Vietnamese names of Unicode
CLDR; QĐ 19/2025/QĐ-TTg (provinces, and the wards of Thành phố Hồ Chí Minh).
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final

GENDERS: Final = {"Nam": "1", "Nữ": "2"}
"""0 means: no information."""
_TONES: Final = "\u0300\u0301\u0303\u0309\u0323"
_ETHNIC: Final = (
    "Kinh", "Tày", "Thái", "Hoa", "Khơ-me", "Mường", "Nùng", "Mông", "Dao", "Gia-rai", "Ngái",
    "Ê-đê", "Ba na", "Xơ-Đăng", "Sán Chay", "Cơ-ho", "Chăm", "Sán Dìu", "Hrê", "Mnông", "Ra-glai",
    "Xtiêng", "Bru-Vân Kiều", "Thổ", "Giáy", "Cơ-tu", "Gié Triêng", "Mạ", "Khơ-mú", "Co", "Tà-ôi",
    "Chơ-ro", "Kháng", "Xinh-mun", "Hà Nhì", "Chu ru", "Lào", "La Chí", "La Ha", "Phù Lá", "La Hủ",
    "Lự", "Lô Lô", "Chứt", "Mảng", "Pà Thẻn", "Cơ Lao", "Cống", "Bố Y", "Si La", "Pu Péo", "Brâu",
    "Ơ Đu", "Rơ măm", "Người nước ngoài", "Không rõ",
)  # fmt: skip
"""In the order of their codes, from 01."""
_ETHNIC_ALIASES: Final = {
    "Việt": "01", "Khmer": "05", "Hmông": "08", "Mèo": "08", "Jrai": "10", "Rađê": "12",
    "Bahnar": "13", "Xê Đăng": "14", "Cao Lan": "15", "K'ho": "16", "Chàm": "17", "Stiêng": "22",
    "Vân Kiều": "23", "Churu": "36",
}  # fmt: skip
_PROVINCES: Final = {
    "01": "Hà Nội", "04": "Cao Bằng", "08": "Tuyên Quang", "11": "Điện Biên", "12": "Lai Châu",
    "14": "Sơn La", "15": "Lào Cai", "19": "Thái Nguyên", "20": "Lạng Sơn", "22": "Quảng Ninh",
    "24": "Bắc Ninh", "25": "Phú Thọ", "31": "Hải Phòng", "33": "Hưng Yên", "37": "Ninh Bình",
    "38": "Thanh Hóa", "40": "Nghệ An", "42": "Hà Tĩnh", "44": "Quảng Trị", "46": "Huế",
    "48": "Đà Nẵng", "51": "Quảng Ngãi", "52": "Gia Lai", "56": "Khánh Hòa", "66": "Đắk Lắk",
    "68": "Lâm Đồng", "75": "Đồng Nai", "79": "Hồ Chí Minh", "80": "Tây Ninh", "82": "Đồng Tháp",
    "86": "Vĩnh Long", "91": "An Giang", "92": "Cần Thơ", "96": "Cà Mau",
}  # fmt: skip
_COUNTRY_ALIASES: Final = {
    "Mỹ": "US", "Anh": "GB", "Đại Hàn Dân Quốc": "KR", "Nga": "RU", "Liên bang Nga": "RU",
    "Cộng hòa Pháp": "FR", "Úc": "AU", "Australia": "AU", "Cam-pu-chia": "KH", "Philippin": "PH",
}  # fmt: skip
_CITY_WORDS: Final = ("thành phố", "tỉnh", "tp.", "tp")
_WITH_WARDS: Final = "79"


def ethnic_code(name: str) -> str | None:
    """Code of an ethnic group, however hyphens, capitals and tone marks are placed."""
    return _ethnic().get(_plain(name))


def country_code(name: str) -> str | None:
    """Two letters of ISO 3166-1 for a country's Vietnamese name."""
    return _countries().get(_plain(name))


def province_code(name: str) -> str | None:
    """Code of a province of QĐ 19/2025; None for a province that was merged away."""
    return _provinces().get(_plain(_without_kind(name)))


def ward_code(name: str, province: str | None) -> str | None:
    """Code of a ward with its word (Phường, Xã, Đặc khu). Only wards of province 79 are known."""
    return _wards().get(_plain(name)) if province == _WITH_WARDS else None


def locate(address: str) -> tuple[str | None, str | None]:
    """Ward and province code at the end of an address written with commas, as far as known."""
    parts = [part.strip() for part in address.split(",") if part.strip()]
    province = province_code(parts[-1]) if parts else None
    ward = ward_code(parts[-2], province) if province and len(parts) > 1 else None
    return ward, province


def _without_kind(name: str) -> str:
    text = " ".join(name.split())
    for word in _CITY_WORDS:
        if text.casefold().startswith(word):
            return text[len(word) :].strip(" .")
    return text


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    """Letters only, in lower case, with a word's tone at its end: Hoà and Hòa are one word."""
    words = []
    for word in unicodedata.normalize("NFD", text).casefold().split():
        tones = sorted(sign for sign in word if sign in _TONES)
        letters = (sign for sign in word if sign not in _TONES)
        words += [sign for sign in letters if sign.isalnum() or unicodedata.combining(sign)]
        words += tones
    return "".join(words)


@lru_cache(maxsize=1)
def _ethnic() -> Mapping[str, str]:
    official = {_plain(name): f"{code:02d}" for code, name in enumerate(_ETHNIC, start=1)}
    return {_plain(name): code for name, code in _ETHNIC_ALIASES.items()} | official


@lru_cache(maxsize=1)
def _provinces() -> Mapping[str, str]:
    return {_plain(name): code for code, name in _PROVINCES.items()}


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, str]:
    aliases = {_plain(name): code for name, code in _COUNTRY_ALIASES.items()}
    return aliases | _table("countries.csv")


@lru_cache(maxsize=1)
def _wards() -> Mapping[str, str]:
    return _table("wards_79.csv")


def _table(name: str) -> dict[str, str]:
    text = files("hocba.record.national").joinpath(name).read_text("utf-8")
    return {_plain(row["name"]): row["code"] for row in csv.DictReader(text.splitlines())}
