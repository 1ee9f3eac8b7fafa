"""What a secondary record may not hold, with code and place; whatever comes, only `Malformed`."""

from __future__ import annotations

import random
import re
import time

import pytest
from documents import PROFILES, V1
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from hocba.errors import Malformed
from hocba.record.codec import AnyRecord, parse_xml, read_any, write_any
from hocba.record.model import FormatProfile
from hocba.record.schema import validate_schema
from hocba.record.secondary.completeness import check_any
from hocba.record.secondary.sample import sample_secondary

VALUES = [
    *("", " ", "T", "Đ", "CĐ", "M", "K", "0", "1", "8", "8.0", "10.0", "10.1", "8,5", "06", "12"),
    *("100", "19", "2016", "31/02/2012", "2026-05-29T00:00:00Z", "2025-2026", "x" * 3000),
    *("000000000001", "Nữ", "03", "04", "05"),
]
WHERE = "HOC_BA/DU_LIEU_HOC_BA/THONG_TIN_HOC_BA"


def replaced(old: str, new: str, grade: int = 8, profile: FormatProfile | None = None) -> bytes:
    record = sample_secondary(grade) if profile is None else sample_secondary(grade, profile)
    data = write_any(record)
    assert old.encode() in data, old
    return data.replace(old.encode(), new.encode(), 1)


@pytest.mark.parametrize(
    ("old", "new", "code", "tag"),
    [
        ("<MA_CAP_HOC>03<", "<MA_CAP_HOC>04<", "field_catalogue", "MA_CAP_HOC"),
        ("<MA_CAP_HOC>03<", "<MA_CAP_HOC>02<", "field_catalogue", "MA_CAP_HOC"),
        ("<MA_MON_HOC>26<", "<MA_MON_HOC>47<", "field_catalogue", "MA_MON_HOC"),
        ("<MA_MON_HOC>26<", "<MA_MON_HOC>19<", "subject_repeated", "MA_MON_HOC"),
        ("<DIEM_HOC_KY_1>8.4<", "<DIEM_HOC_KY_1>8<", "field_type", "DIEM_HOC_KY_1"),
        ("<DIEM_HOC_KY_1>8.4<", "<DIEM_HOC_KY_1>8,4<", "field_type", "DIEM_HOC_KY_1"),
        ("<DIEM_HOC_KY_1>8.4<", "<DIEM_HOC_KY_1>10.1<", "field_type", "DIEM_HOC_KY_1"),
        ("<DIEM_HOC_KY_1>8.4<", "<DIEM_HOC_KY_1>8.45<", "field_type", "DIEM_HOC_KY_1"),
        ("<DIEM_HOC_KY_1>8.4<", "<DIEM_HOC_KY_1>٨.٤<", "field_type", "DIEM_HOC_KY_1"),
        ("<DIEM_HOC_KY_1>8.4<", "<DIEM_HOC_KY_1>10.00<", "field_length", "DIEM_HOC_KY_1"),
        ("KET_QUA_HOC_TAP_HK1>T<", "KET_QUA_HOC_TAP_HK1>Tốt<", "field_length", "KET_QUA"),
        ("KET_QUA_HOC_TAP_HK1>T<", "KET_QUA_HOC_TAP_HK1>H<", "field_catalogue", "KET_QUA"),
        ("<DUOC_LEN_LOP>1<", "<DUOC_LEN_LOP>2<", "field_type", "DUOC_LEN_LOP"),
        ("CHUONG_TRINH_THCS>", "CHUONG_TRINH_THPT>", "xml", ""),
        ("<NOI_DUNG_DUOC_LEN_LOP>", "<LA/><NOI_DUNG_DUOC_LEN_LOP>", "unknown_tag", "LA"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(old: str, new: str, code: str, tag: str) -> None:
    with pytest.raises(Malformed) as caught:
        read_any(replaced(old, new))
    assert caught.value.code == code
    assert tag in (caught.value.where or "")
    assert caught.value.sentence.vi
    assert caught.value.sentence.en


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        (r"<KET_QUA_REN_LUYEN_CA_NAM>.*?</KET_QUA_REN_LUYEN_CA_NAM>", "field_missing"),
        (
            r"<DA_HOAN_THANH_CHUONG_TRINH_THCS>.*?</DA_HOAN_THANH_CHUONG_TRINH_THCS>",
            "field_missing",
        ),
        (r"<DANH_SACH_DIEM_TONG_KET>.*?</DANH_SACH_DIEM_TONG_KET>", "field_missing"),
        (r'<GVBM Id="gvbm-15.*?</GVBM>', "field_missing"),
        (r"<NHAN_XET_GVCN>.*?</NHAN_XET_GVCN>", "field_missing"),
    ],
)
def test_a_missing_tag_is_refused(pattern: str, code: str) -> None:
    data = write_any(sample_secondary(8)).decode()
    cut = re.sub(pattern, "", data, count=1, flags=re.DOTALL)
    assert cut != data
    with pytest.raises(Malformed) as caught:
        read_any(cut.encode())
    assert caught.value.code == code


def test_lower_secondary_has_no_study_topics() -> None:
    data = write_any(sample_secondary(10))
    assert b"<HOC_CUM_CHUYEN_DE>1<" in data
    lower = replaced(
        "<NHAN_XET_MON_HOC>", "<HOC_CUM_CHUYEN_DE>1</HOC_CUM_CHUYEN_DE><NHAN_XET_MON_HOC>"
    )
    with pytest.raises(Malformed) as caught:
        read_any(lower)
    assert caught.value.code == "unknown_tag"


def test_an_empty_list_of_certificates_is_refused() -> None:
    data = replaced(
        "</DANH_SACH_DIEM_TONG_KET>",
        "</DANH_SACH_DIEM_TONG_KET><DANH_SACH_CHUNG_CHI></DANH_SACH_CHUNG_CHI>",
    )
    with pytest.raises(Malformed) as caught:
        read_any(data)
    assert caught.value.code == "field_empty"


@pytest.mark.parametrize("written", ["8", "8,4", "10"])
def test_marks_of_other_software_give_a_warning(written: str) -> None:
    data = replaced("<DIEM_HOC_KY_1>8.4<", f"<DIEM_HOC_KY_1>{written}<")
    read = read_any(data, strict=False)
    assert len(read.warnings) == 1
    assert "DIEM_HOC_KY_1" in read.warnings[0].vi


def read_or_refuse(data: bytes) -> AnyRecord | None:
    """Read in both ways; strict reading never accepts what lenient reading refuses."""
    lenient = strict = None
    try:
        lenient = read_any(data, strict=False).record
        strict = read_any(data).record
    except Malformed as refused:
        assert f"{refused.code} {refused}".strip()
    assert strict is None or strict == lenient
    return strict


@settings(max_examples=300, deadline=2000)
@given(
    profile=st.sampled_from(PROFILES),
    grade=st.sampled_from([6, 9, 10, 12]),
    place=st.floats(0, 1),
    cut=st.integers(0, 40),
    piece=st.binary(max_size=6),
)
def test_a_spliced_record(
    profile: FormatProfile, grade: int, place: float, cut: int, piece: bytes
) -> None:
    data = write_any(sample_secondary(grade, profile))
    at = int(place * len(data))
    read_or_refuse(data[:at] + piece + data[at + cut :])


def mutate(root: etree._Element, chance: random.Random) -> None:
    """Change one thing of the tree, as a careless or hostile writer might."""
    elements = list(root.iter("*"))
    element, other = chance.choice(elements[1:]), chance.choice(elements)
    parent = element.getparent()
    assert parent is not None
    match chance.randrange(6):
        case 0 | 1:
            element.text = chance.choice(VALUES)
        case 2:
            parent.remove(element)
        case 3 if element not in other.iterancestors() and element is not other:
            other.insert(chance.randrange(4), element)
        case 4:
            element.tag = str(other.tag)
        case _:
            element.set(chance.choice(["Id", "id", "x"]), chance.choice(["a", "b-1"]))


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("seed", range(8))
def test_mutated_trees_are_read_or_refused_and_the_schema_agrees(
    profile: FormatProfile, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311
    start = time.monotonic()
    for _ in range(40):
        root = parse_xml(write_any(sample_secondary(chance.randint(6, 12), profile)))
        mutate(root, chance)
        data = etree.tostring(root, encoding="utf-8")
        record = read_or_refuse(data)
        if record is None:
            continue
        assert validate_schema(parse_xml(data), record.profile) == []
        assert read_any(write_any(record)).record == record
        check_any(record)
    assert time.monotonic() - start < 20


def test_a_mixture_of_both_profiles_is_refused() -> None:
    data = write_any(sample_secondary(8, V1)).replace(
        b"DANH_SACH_THONG_TIN_KY", b"PHAT_HANH_HOC_BA"
    )
    with pytest.raises(Malformed) as caught:
        read_any(data)
    assert caught.value.code == "unknown_tag"
