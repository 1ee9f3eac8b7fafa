"""Written, read and written again: the same bytes and the same values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from documents import GRADES, PROFILES, V1, V2, as_written, document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from record_strategies import records

from hocba.assessment.levels import SubjectLevel
from hocba.errors import Malformed
from hocba.ids import RecordUuid, SubjectCode
from hocba.record.codec import parse_xml, read_record, write_data
from hocba.record.model import AnnualRecord, FormatProfile
from hocba.record.sample import sample_record
from hocba.record.schema import validate_schema


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("grade", GRADES)
@pytest.mark.parametrize("seed", range(4))
def test_samples_are_exact(grade: int, profile: FormatProfile, seed: int) -> None:
    record = sample_record(grade, profile, seed=seed)
    data = write_data(record)
    read = read_record(data)
    assert read.record == as_written(record)
    assert (read.profile, read.warnings) == (profile, ())
    assert write_data(read.record) == data


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(record=records())
def test_any_record_is_exact(record: AnnualRecord) -> None:
    data = write_data(record)
    read = read_record(data)
    assert read.record == as_written(record)
    assert read.warnings == ()
    assert write_data(read.record) == data
    assert validate_schema(parse_xml(data), record.profile) == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(record=records())
def test_written_bytes_are_stable_under_another_serialiser(record: AnnualRecord) -> None:
    data = write_data(record)
    again = etree.tostring(parse_xml(data), method="c14n", exclusive=True)
    assert read_record(again).record == as_written(record)


@pytest.mark.parametrize(
    "text",
    [
        "Em nói: \"Con đã đọc xong\" & 'cười'",
        "1 < 2 > 0 && ]]> <b>đậm</b> &amp; &#65;",
        "dòng một\ndòng hai\n\ttụt vào",
        "  khoảng trắng ở hai đầu  ",
        "Ữ ữ Ẫ ẵ Đ đ ộ ợ",
        "𝄞 và 🙂 ngoài mặt phẳng cơ bản",
        "x" * 2000,
        "ẵ" * 2000,
        "<!-- không phải chú thích --> <?khong-phai chi-thi?> <![CDATA[ không ]]>",
    ],
    ids=range(9),
)
@pytest.mark.parametrize("profile", PROFILES)
def test_difficult_texts_stay_as_they_are(profile: FormatProfile, text: str) -> None:
    sample = sample_record(3, profile)
    record = replace(sample, summary=replace(sample.summary, homeroom_comment=text))
    data = write_data(record)
    read = read_record(data).record
    assert read.summary.homeroom_comment == text
    assert write_data(read) == data


@pytest.mark.parametrize("birth", ["29/02/2016", "02/2016", "2016"])
def test_partial_birth_dates(birth: str) -> None:
    sample = sample_record()
    record = replace(sample, pupil=replace(sample.pupil, birth_date=birth))
    assert read_record(write_data(record)).record.pupil.birth_date == birth


@pytest.mark.parametrize("number", ["0", "0.5", "28.50", "131", "9999.9999", "1E+2"])
def test_decimals_have_no_exponent(number: str) -> None:
    sample = sample_record()
    record = replace(sample, pupil=replace(sample.pupil, weight_kg=Decimal(number)))
    data = write_data(record)
    assert b"E+" not in data
    weight = read_record(data).record.pupil.weight_kg
    assert weight == Decimal(number)


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        (timezone(timedelta(hours=7)), b"2026-05-29T14:30:00+07:00"),
        (UTC, b"2026-05-29T14:30:00+00:00"),
        (timezone(-timedelta(hours=3, minutes=30)), b"2026-05-29T14:30:00-03:30"),
    ],
)
def test_moments_keep_their_offset(zone: timezone, written: bytes) -> None:
    sample = sample_record()
    moment = datetime(2026, 5, 29, 14, 30, tzinfo=zone)
    record = replace(sample, terms=replace(sample.terms, issued_on=moment))
    data = write_data(record)
    assert b"<NGAY_KY_PHAT_HANH_HOC_BA>" + written in data
    assert read_record(data).record.terms.issued_on.utcoffset() == zone.utcoffset(None)


def test_what_is_absent_has_no_tag() -> None:
    sample = sample_record()
    pupil = replace(sample.pupil, father_name=None, guardian_name="")
    data = write_data(replace(sample, pupil=pupil))
    for tag in (b"HO_VA_TEN_CHA", b"HO_VA_TEN_NGUOI_GIAM_HO", b"TEN_QUAN_HUYEN"):
        assert tag not in data
    assert read_record(data).record.pupil.guardian_name is None


def test_form_of_the_bytes() -> None:
    for profile in PROFILES:
        data = document(profile)
        assert data.startswith(b'<HOC_BA><DU_LIEU_HOC_BA Id="data-')
        assert data.endswith(b"</HOC_BA>")
        assert b">\n" not in data
        assert b"<?" not in data
        assert b"/>" not in data


def test_identifiers_are_unique_across_records() -> None:
    seen: set[str] = set()
    for profile in PROFILES:
        for seed in range(3):
            root = parse_xml(write_data(sample_record(5, profile, seed=seed)))
            own = [str(each.attrib["Id"]) for each in root.iter("*") if "Id" in each.attrib]
            assert len(own) == len(set(own)) == (1 if profile is V1 else 2 + 2 * 12)
            if profile is V2:
                assert not seen & set(own)
                seen |= set(own)


def test_empty_slots_stand_where_the_profile_says() -> None:
    v1 = parse_xml(document(V1))
    assert [child.tag for child in v1] == ["DU_LIEU_HOC_BA", "DANH_SACH_THONG_TIN_KY"]
    assert len(v1[1]) == 0
    v2 = parse_xml(document(V2))
    assert [child.tag for child in v2] == ["DU_LIEU_HOC_BA", "PHAT_HANH_HOC_BA"]
    assert [child.tag for child in v2[0]] == ["THONG_TIN_HOC_BA", "DANH_SACH_THONG_TIN_KY"]
    assert [child.tag for child in v2[0][1]] == ["DANH_SACH_GVBM"]


@pytest.mark.parametrize("field", ["full_name", "birth_place", "mother_name", "birth_date"])
@pytest.mark.parametrize("blank", ["", "   ", "\n"])
def test_a_blank_required_value_is_not_written(field: str, blank: str) -> None:
    sample = sample_record()
    record = replace(sample, pupil=replace(sample.pupil, **{field: blank}))  # type: ignore[arg-type]
    with pytest.raises(Malformed) as refused:
        write_data(record)
    assert refused.value.code == "field_missing"


def test_a_subject_without_a_teacher_is_not_written_in_v2() -> None:
    sample = sample_record()
    subjects = (replace(sample.subjects[0], teacher=None), *sample.subjects[1:])
    with pytest.raises(Malformed) as refused:
        write_data(replace(sample, subjects=subjects))
    assert (refused.value.code, refused.value.where) == ("field_missing", "DIEM_TONG_KET 02/GVBM")
    write_data(replace(sample, profile=V1, subjects=subjects))


@pytest.mark.parametrize("text", ["\0", "a\x1bb", "\r\n", "\x7f", "\x85", "\ufffe", "\ud800"])
def test_control_characters_are_not_written(text: str) -> None:
    sample = sample_record()
    record = replace(sample, summary=replace(sample.summary, homeroom_comment=f"a{text}b"))
    with pytest.raises(Malformed) as refused:
        write_data(record)
    assert (refused.value.code, refused.value.where) == ("control_character", "NHAN_XET_GVCN")


def test_identifiers_never_break_out_of_their_attribute() -> None:
    sample = sample_record()
    with pytest.raises(Malformed) as refused:
        write_data(replace(sample, record_uuid=RecordUuid('x" Id2="y')))
    assert (refused.value.code, refused.value.where) == ("uuid", "MA_TRA_CUU_UUID")
    bad = replace(sample.subjects[0], code=SubjectCode('0"><'))
    with pytest.raises(Malformed) as refused:
        write_data(replace(sample, subjects=(bad,)))
    assert (refused.value.code, refused.value.where) == ("field_catalogue", "MA_MON_HOC")


@given(score=st.integers(0, 10) | st.just(SubjectLevel.EXEMPT) | st.none())
def test_every_score_form(score: int | SubjectLevel | None) -> None:
    sample = sample_record()
    subjects = (replace(sample.subjects[0], test_score=score), *sample.subjects[1:])
    read = read_record(write_data(replace(sample, subjects=subjects))).record
    assert read.subjects[0].test_score == score
    assert type(read.subjects[0].test_score) is type(score)


def test_a_signed_document_is_read_without_looking_at_the_signatures() -> None:
    data = document(V1).replace(
        b"<DANH_SACH_THONG_TIN_KY></",
        b'<DANH_SACH_THONG_TIN_KY><GVCN><NGAY_KY/><Signature xmlns="urn:x"/></GVCN></',
    )
    assert read_record(data).record == as_written(sample_record(4, V1))


def test_declaration_byte_order_mark_and_indentation_are_accepted() -> None:
    root = parse_xml(document(V2))
    etree.indent(root)
    data = b"\xef\xbb\xbf" + etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"
    assert read_record(data).record == sample_record()


@pytest.mark.parametrize("name", ["Id", "ID", "id"])
def test_identifiers_of_other_software_are_accepted(name: str) -> None:
    data = document(V2).replace(b"<HOC_BA>", f'<HOC_BA {name}="123456789">'.encode())
    data = data.replace(b'Id="data-', f'{name}="data-'.encode())
    assert read_record(data).record == sample_record()
