"""The schemas of secondary school and the table of tags say the same."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from documents import PROFILES, V1
from lxml import etree

from hocba.assessment.school_levels import SchoolLevel
from hocba.assessment.secondary.catalogue import LOWER_SUBJECTS, UPPER_SUBJECTS
from hocba.assessment.secondary.levels import Result
from hocba.record import fields
from hocba.record.codec import parse_xml, write_any
from hocba.record.fields import Field
from hocba.record.model import FormatProfile
from hocba.record.schema import schema_file, validate_schema
from hocba.record.secondary.fields import FORMATS
from hocba.record.secondary.sample import sample_secondary

XS = "{http://www.w3.org/2001/XMLSchema}"
LEVELS = (SchoolLevel.LOWER_SECONDARY, SchoolLevel.UPPER_SECONDARY)


def definitions(profile: FormatProfile) -> etree._Element:
    return etree.fromstring(schema_file(profile, secondary=True))


def simple(profile: FormatProfile, type_name: str) -> dict[str, etree._Element]:
    """The simple elements of a complex type in their order, by name."""
    root = definitions(profile)
    kind = root.find(f"{XS}complexType[@name='{type_name}']")
    assert kind is not None, type_name
    return {
        str(each.get("name")): each
        for each in kind.iter(f"{XS}element")
        if root.find(f"{XS}simpleType[@name='{each.get('type')}']") is not None
    }


def tables(profile: FormatProfile, level: SchoolLevel) -> dict[str, tuple[Field, ...]]:
    layout = FORMATS[profile, level]
    return {
        "ThongTinChung": layout.general,
        "QuaTrinhHocTap": fields.HISTORY,
        "TongKet": layout.summary.fields,
        "DiemTongKet": layout.subject.fields,
        "ChungChi": layout.certificate.fields,
        **({} if profile is V1 else {"GiaoVienBoMon": fields.TEACHER}),
    }


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("profile", PROFILES)
def test_tags_order_presence_and_length_equal_the_tables(
    profile: FormatProfile, level: SchoolLevel
) -> None:
    others = {
        f"DA_HOAN_THANH_CHUONG_TRINH_{'THPT' if level is LEVELS[0] else 'THCS'}",
        *(() if level is LEVELS[1] else ("HOC_CUM_CHUYEN_DE",)),
    }  # tags of the other level only: the reader's work
    for type_name, table in tables(profile, level).items():
        found = {
            name: each for name, each in simple(profile, type_name).items() if name not in others
        }
        assert list(found) == [field.tag for field in table]
        for field in table:
            element = found[field.tag]
            assert (element.get("minOccurs") != "0") == field.required, field.tag
            kind = str(element.get("type"))
            if kind.startswith("Chu"):
                assert kind == f"Chu{field.max_length}", field.tag


@pytest.mark.parametrize("profile", PROFILES)
def test_codes_equal_the_catalogues(profile: FormatProfile) -> None:
    def codes(name: str) -> set[str]:
        kind = definitions(profile).find(f"{XS}simpleType[@name='{name}']")
        assert kind is not None
        return {str(each.get("value")) for each in kind.iter(f"{XS}enumeration")}

    assert codes("MaMonHoc") == {str(each.code) for each in (*LOWER_SUBJECTS, *UPPER_SUBJECTS)}
    assert codes("KetQua") == {each.value for each in Result}
    assert codes("CapHoc") == {each.value for each in LEVELS}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<DIEM_HOC_KY_1>8.4<", b"<DIEM_HOC_KY_1>8<"),
        (b"<DIEM_HOC_KY_1>8.4<", b"<DIEM_HOC_KY_1>10.1<"),
        (b"<DIEM_HOC_KY_1>8.4<", b"<DIEM_HOC_KY_1>T<"),
        (b"KET_QUA_HOC_TAP_HK1>T<", b"KET_QUA_HOC_TAP_HK1>C<"),
        (b"<MA_CAP_HOC>03<", b"<MA_CAP_HOC>02<"),
        (b"<MA_MON_HOC>15<", b"<MA_MON_HOC>01<"),
        (b"<DUOC_LEN_LOP>1<", b"<DUOC_LEN_LOP>true<"),
    ],
)
def test_each_wrong_value_is_refused(profile: FormatProfile, old: bytes, new: bytes) -> None:
    data = write_any(sample_secondary(8, profile))
    assert old in data
    assert validate_schema(parse_xml(data.replace(old, new, 1)), profile)


@pytest.mark.parametrize("profile", PROFILES)
def test_another_program_agrees(profile: FormatProfile, tmp_path: Path) -> None:
    program = shutil.which("xmllint")
    if program is None:
        pytest.skip("xmllint is not installed")
    schema, record = tmp_path / "s.xsd", tmp_path / "r.xml"
    schema.write_bytes(schema_file(profile, secondary=True))
    for grade in (6, 12):
        record.write_bytes(write_any(sample_secondary(grade, profile)))
        done = subprocess.run(
            [program, "--noout", "--nonet", "--schema", str(schema), str(record)],
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
