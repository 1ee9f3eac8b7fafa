"""The schemas and the tag tables say the same, so that other software can rely on either."""

from __future__ import annotations

import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from documents import DATA, GRADES, PROFILES, V1, V2, Change, changed, document, find, with_text
from lxml import etree
from places import COMPLEX, WRITTEN, add, double, drop, place_id
from wrong_values import WRONG

from hocba.assessment.catalogue import SUBJECTS
from hocba.assessment.levels import SubjectLevel, TraitLevel, YearResult
from hocba.record import fields, schema
from hocba.record.codec import parse_xml, write_data
from hocba.record.model import FormatProfile
from hocba.record.sample import sample_record
from hocba.record.schema import MOST_FAULTS, schema_file, validate_schema

XS = "{http://www.w3.org/2001/XMLSchema}"
TYPES = {
    "ThongTinChung": fields.GENERAL,
    "QuaTrinhHocTap": fields.HISTORY,
    "TongKet": fields.SUMMARY,
    "DiemTongKet": fields.SUBJECT,
    "NangLucPhamChat": fields.TRAITS,
    "GiaoVienBoMon": fields.TEACHER,
}
BEYOND_A_SCHEMA = {"31/02/2016", "29/02/2015", "2025-2027", "2026-2025", "2024-2025"}
"""Days of short months and two fields that must agree: the reader's work."""


def faults(change: Change, profile: FormatProfile) -> list[schema.SchemaFault]:
    return validate_schema(parse_xml(changed(change, profile)), profile)


def definitions(profile: FormatProfile) -> etree._Element:
    return etree.fromstring(schema_file(profile))


def named(root: etree._Element, kind: str, name: str) -> etree._Element | None:
    return root.find(f"{XS}{kind}[@name='{name}']")


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("grade", GRADES)
def test_samples_follow_their_schema_and_not_the_other(profile: FormatProfile, grade: int) -> None:
    for seed in range(4):
        root = parse_xml(write_data(sample_record(grade, profile, seed=seed)))
        assert validate_schema(root, profile) == []
        assert validate_schema(root, V1 if profile is V2 else V2)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("type_name", TYPES)
def test_tags_order_presence_and_length_equal_the_tables(
    profile: FormatProfile, type_name: str
) -> None:
    root = definitions(profile)
    kind = named(root, "complexType", type_name)
    if kind is None:
        assert (profile, type_name) == (V1, "GiaoVienBoMon")
        return
    simple = [
        each
        for each in kind.iter(f"{XS}element")
        if named(root, "simpleType", str(each.get("type"))) is not None
    ]
    table = TYPES[type_name]
    assert [each.get("name") for each in simple] == [field.tag for field in table]
    for each, field in zip(simple, table, strict=True):
        assert (each.get("minOccurs") != "0") == field.required, field.tag
        kind_of_text = str(each.get("type"))
        if kind_of_text.startswith("Chu"):
            assert kind_of_text == f"Chu{field.max_length}", field.tag


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    ("type_name", "values"),
    [
        ("XepLoai", [each.value for each in YearResult]),
        ("MucMonHoc", [each.value for each in SubjectLevel]),
        ("MucNangLuc", [each.value for each in TraitLevel]),
        ("MaMonHoc", [each.code for each in SUBJECTS]),
    ],
)
def test_codes_equal_the_catalogues(
    profile: FormatProfile, type_name: str, values: list[str]
) -> None:
    kind = named(definitions(profile), "simpleType", type_name)
    assert kind is not None
    assert [each.get("value") for each in kind.iter(f"{XS}enumeration")] == values


@pytest.mark.parametrize(("profile", "parent", "field"), WRITTEN, ids=place_id)
def test_each_change_of_a_simple_tag_is_refused(
    profile: FormatProfile, parent: str, field: fields.Field
) -> None:
    where = f"{parent}/{field.tag}"
    assert bool(faults(drop(where), profile)) == field.required
    assert faults(double(where), profile)
    assert faults(add(where, "b"), profile)
    assert faults(lambda root: find(root, where).set("Id", "x"), profile)
    for text in ("", " ", "\n", "ẵ" * (field.max_length + 1), "\r", "\x7f", "\x9f"):
        assert faults(with_text(where, text), profile), repr(text)


@pytest.mark.parametrize(("profile", "path"), COMPLEX, ids=place_id)
def test_each_change_of_a_complex_tag_is_refused(profile: FormatProfile, path: str) -> None:
    assert faults(drop(path), profile)
    assert faults(double(path), profile)
    assert faults(with_text(path, "lạc"), profile)
    assert faults(lambda root: find(root, path).set("loai", "x"), profile)
    if not path.endswith(("KY", "PHAT_HANH_HOC_BA")):
        assert faults(add(path, "LA"), profile)
        assert faults(add(path, "LA", 99), profile)
    if not path.endswith(("KY", "PHAT_HANH_HOC_BA", "DANH_SACH_DIEM_TONG_KET")):
        assert faults(lambda root: find(root, path).insert(0, find(root, path)[-1]), profile)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(("parent", "tag"), [(parent, tag) for parent, tag, _, _ in WRONG])
def test_each_wrong_value_is_refused(profile: FormatProfile, parent: str, tag: str) -> None:
    for text in next(texts for place, name, texts, _ in WRONG if (place, name) == (parent, tag)):
        found = faults(with_text(f"{DATA[profile]}/{parent}/{tag}", text), profile)
        assert bool(found) == (text not in BEYOND_A_SCHEMA), text


def test_a_fault_names_its_place() -> None:
    found = faults(with_text(f"{DATA[V2]}/THONG_TIN_CHUNG/GIOI_TINH", "x"), V2)
    assert found[0].path == f"/{DATA[V2]}/THONG_TIN_CHUNG/GIOI_TINH"
    assert found[0].line == 1
    assert found[0].sentence.vi.startswith("Sai lược đồ v2_2025 (dòng 1): ")


def test_faults_are_few_and_short() -> None:
    def spoil(root: etree._Element) -> None:
        for element in root.iter("*"):
            if not len(element):
                element.text = "x" * 5000

    found = faults(spoil, V2)
    assert len(found) == MOST_FAULTS
    assert all(len(fault.sentence.vi) < 400 for fault in found)


def test_faults_of_one_document_do_not_stay_for_the_next() -> None:
    assert faults(with_text(f"{DATA[V2]}/THONG_TIN_CHUNG/GIOI_TINH", "x"), V2)
    assert validate_schema(parse_xml(document(V2)), V2) == []


def test_each_schema_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    schema._compiled.cache_clear()
    compiled: list[object] = []
    real = etree.XMLSchema

    def counting(root: etree._Element) -> etree.XMLSchema:
        compiled.append(root)
        return real(root)

    monkeypatch.setattr(etree, "XMLSchema", counting)
    for _ in range(5):
        for profile in PROFILES:
            assert validate_schema(parse_xml(document(profile)), profile) == []
    assert len(compiled) == len(PROFILES)


def test_threads_do_not_mix_their_faults() -> None:
    good, bad = document(V2), document(V2).replace(b"<GIOI_TINH>", b"<GIOI_TINH>x")
    wrong: list[str] = []

    def work(data: bytes, count: int) -> None:
        for _ in range(60):
            if len(validate_schema(parse_xml(data), V2)) != count:
                wrong.append("mixed")  # noqa: PERF401

    threads = [threading.Thread(target=work, args=pair) for pair in [(good, 0), (bad, 1)] * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.skipif(shutil.which("xmllint") is None, reason="xmllint is not installed")
@pytest.mark.parametrize("profile", PROFILES)
def test_another_program_agrees(profile: FormatProfile, tmp_path: Path) -> None:
    xsd, good, bad = tmp_path / "s.xsd", tmp_path / "good.xml", tmp_path / "bad.xml"
    xsd.write_bytes(schema_file(profile))
    good.write_bytes(document(profile))
    bad.write_bytes(document(profile).replace(b"<GIOI_TINH>", b"<GIOI_TINH>x"))
    command = ["xmllint", "--noout", "--nonet", "--schema", str(xsd)]
    assert subprocess.run([*command, str(good)], capture_output=True, check=False).returncode == 0
    assert subprocess.run([*command, str(bad)], capture_output=True, check=False).returncode == 3
