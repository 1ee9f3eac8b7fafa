"""Every simple and complex tag of both profiles with its path, and changes of one of them."""

from __future__ import annotations

import copy

from documents import DATA, PROFILES, V1, V2, Change, document, find
from lxml import etree

from hocba.record import fields

TABLES: dict[str, tuple[fields.Field, ...]] = {
    "THONG_TIN_CHUNG": fields.GENERAL,
    "QUA_TRINH_HOC_TAP[2]": fields.HISTORY,
    "TONG_KET": fields.SUMMARY,
    "TONG_KET/DANH_SACH_DIEM_TONG_KET/DIEM_TONG_KET[3]": fields.SUBJECT,
    "TONG_KET/DANH_GIA_NANG_LUC_PHAM_CHAT": fields.TRAITS,
}
GVBM = "TONG_KET/DANH_SACH_DIEM_TONG_KET/DIEM_TONG_KET[3]/GVBM"
PLACES = [
    (profile, f"{DATA[profile]}/{parent}", field)
    for profile in PROFILES
    for parent, table in (TABLES | ({GVBM: fields.TEACHER} if profile is V2 else {})).items()
    for field in table
]
WRITTEN = [
    (profile, parent, field)
    for profile, parent, field in PLACES
    if document(profile).count(f"<{field.tag}>".encode())
]
COMPLEX = [
    *((profile, path) for profile in PROFILES for path in ("HOC_BA/DU_LIEU_HOC_BA",)),
    *((profile, f"{DATA[profile]}/{tag}") for profile in PROFILES
      for tag in (
          "THONG_TIN_CHUNG",
          "TONG_KET",
          "TONG_KET/DANH_SACH_DIEM_TONG_KET",
          "TONG_KET/DANH_GIA_NANG_LUC_PHAM_CHAT",
      )),
    (V1, "HOC_BA/DANH_SACH_THONG_TIN_KY"),
    (V2, "HOC_BA/PHAT_HANH_HOC_BA"),
    (V2, DATA[V2]),
    (V2, "HOC_BA/DU_LIEU_HOC_BA/DANH_SACH_THONG_TIN_KY"),
    (V2, f"{DATA[V2]}/{GVBM}"),
]  # fmt: skip


def place_id(value: object) -> str:
    if isinstance(value, fields.Field):
        return value.tag
    return str(value).removeprefix("HOC_BA/DU_LIEU_HOC_BA/")


def drop(path: str) -> Change:
    def change(root: etree._Element) -> None:
        element = find(root, path)
        parent = element.getparent()
        assert parent is not None
        parent.remove(element)

    return change


def double(path: str) -> Change:
    def change(root: etree._Element) -> None:
        element = find(root, path)
        element.addnext(copy.deepcopy(element))

    return change


def add(path: str, tag: str, at: int = 0) -> Change:
    return lambda root: find(root, path).insert(at, etree.Element(tag))
