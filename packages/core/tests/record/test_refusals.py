"""Every way in which a document departs from the format: its code and its exact place."""

from __future__ import annotations

import pytest
from documents import (
    DATA,
    PROFILES,
    V1,
    V2,
    changed,
    document,
    find,
    read_lenient,
    refusal,
    with_text,
)
from lxml import etree
from places import COMPLEX, GVBM, TABLES, WRITTEN, add, double, drop, place_id

from hocba.record import fields
from hocba.record.codec import read_record
from hocba.record.model import FormatProfile
from hocba.record.sample import sample_record


@pytest.mark.parametrize(("profile", "parent", "field"), WRITTEN, ids=place_id)
class TestEverySimpleTag:
    """Each simple tag of both profiles."""

    def test_missing(self, profile: FormatProfile, parent: str, field: fields.Field) -> None:
        where = f"{parent}/{field.tag}"
        data = changed(drop(where), profile)
        if field.required:
            assert refusal(data) == ("field_missing", where)
        else:
            read_record(data)

    def test_repeated(self, profile: FormatProfile, parent: str, field: fields.Field) -> None:
        where = f"{parent}/{field.tag}"
        assert refusal(changed(double(where), profile)) == ("repeated_tag", where)
        assert refusal(changed(double(where), profile), strict=False) == ("repeated_tag", where)

    @pytest.mark.parametrize("text", ["", " ", "\n\t "], ids=["none", "space", "lines"])
    def test_empty(
        self, profile: FormatProfile, parent: str, field: fields.Field, text: str
    ) -> None:
        where = f"{parent}/{field.tag}"
        assert refusal(changed(with_text(where, text), profile)) == ("field_empty", where)

    def test_too_long(self, profile: FormatProfile, parent: str, field: fields.Field) -> None:
        where = f"{parent}/{field.tag}"
        data = changed(with_text(where, "ẵ" * (field.max_length + 1)), profile)
        assert refusal(data) == ("field_length", where)

    def test_control_character(
        self, profile: FormatProfile, parent: str, field: fields.Field
    ) -> None:
        where = f"{parent}/{field.tag}"
        for control in ("\r", "\x7f", "\x9f"):
            data = changed(with_text(where, control), profile)
            code = "field_empty" if not control.strip() else "control_character"
            assert refusal(data) == (code, where)

    def test_attribute(self, profile: FormatProfile, parent: str, field: fields.Field) -> None:
        where = f"{parent}/{field.tag}"
        data = changed(lambda root: find(root, where).set("Id", "x"), profile)
        assert refusal(data) == ("attribute", f"{where}/@Id")

    def test_children(self, profile: FormatProfile, parent: str, field: fields.Field) -> None:
        where = f"{parent}/{field.tag}"
        assert refusal(changed(add(where, "b"), profile)) == ("field_type", where)


@pytest.mark.parametrize(("profile", "path"), COMPLEX, ids=place_id)
class TestEveryComplexTag:
    """Each complex tag of both profiles."""

    def test_missing(self, profile: FormatProfile, path: str) -> None:
        assert refusal(changed(drop(path), profile)) == ("field_missing", path)

    def test_repeated(self, profile: FormatProfile, path: str) -> None:
        assert refusal(changed(double(path), profile)) == ("repeated_tag", path)

    @pytest.mark.parametrize("at", [0, 99], ids=["first", "last"])
    def test_unknown_child(self, profile: FormatProfile, path: str, at: int) -> None:
        if path.endswith(("KY", "PHAT_HANH_HOC_BA")):
            return  # slots: read and judged with the signatures
        for strict in (True, False):
            data = changed(add(path, "LA", at), profile)
            assert refusal(data, strict=strict) == ("unknown_tag", f"{path}/LA")

    def test_stray_text(self, profile: FormatProfile, path: str) -> None:
        assert refusal(changed(with_text(path, "lạc"), profile)) == ("stray_text", path)

        def after_child(root: etree._Element) -> None:
            etree.SubElement(find(root, path), "LA").tail = "lạc"

        assert refusal(changed(after_child, profile)) == ("stray_text", path)

    def test_attribute(self, profile: FormatProfile, path: str) -> None:
        for name in ("loai", "{http://www.w3.org/XML/1998/namespace}lang", "iD"):
            data = changed(lambda root, name=name: find(root, path).set(name, "x"), profile)  # type: ignore[misc]
            assert refusal(data) == ("attribute", f"{path}/@{name}"[: len(path) + 62])


@pytest.mark.parametrize("text", ["\u00a0", "\u2003", "\ufeff", "\u200b"])
def test_stray_text_without_a_face(text: str) -> None:
    data = changed(with_text(DATA[V2], text))
    assert refusal(data) == ("stray_text", DATA[V2])
    read_record(changed(with_text(DATA[V2], " \n\t")))


def test_two_identifiers_on_one_element() -> None:
    def change(root: etree._Element) -> None:
        root[0].set("id", "khac")

    assert refusal(changed(change)) == ("attribute", "HOC_BA/DU_LIEU_HOC_BA")


@pytest.mark.parametrize("profile", PROFILES)
def test_simple_tags_out_of_order(profile: FormatProfile) -> None:
    for parent, table in TABLES.items():
        path = f"{DATA[profile]}/{parent}"

        def swap(root: etree._Element, path: str = path) -> None:
            element = find(root, path)
            element.insert(0, element[1])

        data = changed(swap, profile)
        assert refusal(data) == ("wrong_order", f"{path}/{table[0].tag}")
        read = read_lenient(data)
        assert read.record == read_record(document(profile)).record
        assert [warning.en for warning in read.warnings] == [
            f"{path}/{table[0].tag}: out of order."
        ]


@pytest.mark.parametrize(
    ("profile", "path", "where"),
    [
        (V1, "HOC_BA", "HOC_BA"),
        (V2, "HOC_BA", "HOC_BA"),
        (V2, "HOC_BA/DU_LIEU_HOC_BA", "HOC_BA/DU_LIEU_HOC_BA"),
        (V1, DATA[V1], DATA[V1]),
        (V2, DATA[V2], DATA[V2]),
    ],
)
def test_complex_tags_out_of_order(profile: FormatProfile, path: str, where: str) -> None:
    data = changed(lambda root: find(root, path).insert(0, find(root, path)[-1]), profile)
    assert refusal(data) == ("wrong_order", where)
    assert refusal(data, strict=False) == ("wrong_order", where)


@pytest.mark.parametrize(
    ("path", "late"),
    [
        (f"{DATA[V2]}/TONG_KET", "KET_QUA_XEP_LOAI"),
        (f"{DATA[V2]}/{GVBM.removesuffix('/GVBM')}", "MA_MON_HOC"),
    ],
)
def test_a_simple_tag_after_the_complex_ones(path: str, late: str) -> None:
    def to_the_end(root: etree._Element) -> None:
        parent = find(root, path)
        parent.append(parent[0])

    assert refusal(changed(to_the_end)) == ("wrong_order", f"{path}/{late}")
    assert read_lenient(changed(to_the_end)).record == sample_record()


def test_a_document_of_2025_without_one_of_its_marks_is_named_rightly() -> None:
    assert refusal(changed(drop("HOC_BA/PHAT_HANH_HOC_BA"))) == (
        "field_missing",
        "HOC_BA/PHAT_HANH_HOC_BA",
    )
    mixed = document(V1).replace(b"</HOC_BA>", b"<PHAT_HANH_HOC_BA/></HOC_BA>")
    assert refusal(mixed) == ("unknown_tag", "HOC_BA/DANH_SACH_THONG_TIN_KY")


def test_v1_has_no_subject_teacher_and_no_identifier_on_a_mark() -> None:
    mark = f"{DATA[V1]}/TONG_KET/DANH_SACH_DIEM_TONG_KET/DIEM_TONG_KET[1]"
    assert refusal(changed(add(mark, "GVBM", 9), V1)) == ("unknown_tag", f"{mark}/GVBM")
    data = changed(lambda root: find(root, mark).set("Id", "mon-02"), V1)
    assert refusal(data) == ("attribute", f"{mark}/@Id")


def test_other_documents() -> None:
    assert refusal(b"<DANH_SACH_HOC_BA/>") == ("root", "DANH_SACH_HOC_BA")
    assert refusal(b'<HOC_BA xmlns="urn:x"/>') == ("root", "{urn:x}HOC_BA")
    assert refusal(b"<HOC_BA/>") == ("field_missing", "HOC_BA/DU_LIEU_HOC_BA")
    assert refusal(b"<" + b"A" * 500 + b"/>")[1] == "A" * 60


def test_subjects_and_marks() -> None:
    marks = f"{DATA[V2]}/TONG_KET/DANH_SACH_DIEM_TONG_KET"
    data = changed(lambda root: find(root, marks).__delitem__(slice(None)))
    assert refusal(data) == ("field_missing", marks)
    assert refusal(changed(double(f"{marks}/DIEM_TONG_KET[2]"))) == (
        "subject_repeated",
        f"{marks}/DIEM_TONG_KET[3]/MA_MON_HOC",
    )
    assert refusal(changed(drop(f"{marks}/DIEM_TONG_KET[3]/GVBM"))) == (
        "field_missing",
        f"{marks}/DIEM_TONG_KET[3]/GVBM",
    )


@pytest.mark.parametrize("name", ["comment", "instruction"])
@pytest.mark.parametrize(
    "path",
    ["HOC_BA", "HOC_BA/PHAT_HANH_HOC_BA", f"{DATA[V2]}/THONG_TIN_CHUNG/HO_VA_TEN", DATA[V2]],
)
def test_comments_and_instructions_in_data(path: str, name: str) -> None:
    def change(root: etree._Element) -> None:
        node = etree.Comment("Trần") if name == "comment" else etree.ProcessingInstruction("a", "b")
        find(root, path).insert(0, node)

    for strict in (True, False):
        assert refusal(changed(change), strict=strict) == ("comment_in_data", "HOC_BA")


def test_a_comment_that_splits_a_name_is_refused() -> None:
    data = document().replace("Nguyễn Thị Mẫu<".encode(), "Nguyễn Thị<!-- --> Mẫu<".encode())
    assert refusal(data) == ("comment_in_data", "HOC_BA")


def test_many_repeated_tags_do_not_take_long() -> None:
    data = document(V1).replace(b"<TONG_KET>", b"<QUA_TRINH_HOC_TAP/>" * 140_000 + b"<TONG_KET>")
    code, where = refusal(data)
    assert code == "field_missing"
    assert where == f"{DATA[V1]}/QUA_TRINH_HOC_TAP[5]/NAM_HOC"
    data = document(V1).replace(b"<TONG_KET>", b"<A/>" * 140_000 + b"<TONG_KET>")
    assert refusal(data) == ("unknown_tag", f"{DATA[V1]}/A")
