"""Type 3: the certificate signed with its own key. Type 5: the list of records to recall."""

from __future__ import annotations

from dataclasses import replace

import pytest
from packet_world import OTHER_SIGNER, SIGNED_AT, SIGNER, Signer

from hocba.errors import Malformed
from hocba.ids import PersonalId, RecordUuid, SchoolYear, UnitCode
from hocba.packet.enveloped import complete_enveloped, prepare_enveloped
from hocba.packet.package import pack_content, read_package
from hocba.packet.recall import RecallItem, read_recall_item
from hocba.packet.registration import (
    complete_registration,
    prepare_registration,
    read_registration,
    serial_text,
)
from hocba.record.codec import parse_xml

UNIT = UnitCode("00000401")


def registration(signer: Signer) -> str:
    prepared = prepare_registration(UNIT, signer.certificate, signer.algorithm, SIGNED_AT)
    return complete_registration(prepared, signer.sign(prepared.digest)).decode()


def test_a_registration_proves_possession_of_the_key() -> None:
    read = read_registration(pack_content(registration(SIGNER).encode()))
    assert read.fault is None
    assert read.unit_code == UNIT
    assert read.certificate == SIGNER.certificate
    assert read.signing_time == SIGNED_AT
    assert serial_text(SIGNER.certificate) == "0ABC"


def test_a_certificate_cannot_be_registered_with_another_key() -> None:
    own, other = registration(SIGNER), registration(OTHER_SIGNER)
    swapped = own[: own.index("<Signature")] + other[other.index("<Signature") :]
    fault = read_registration(pack_content(swapped.encode())).fault
    assert fault is not None
    bare = own[: own.index("<Signature")] + "</CHUNG_THU_SO>"
    fault = read_registration(pack_content(bare.encode())).fault
    assert fault is not None
    assert fault.code == "signature_missing"


def test_a_signature_by_another_certificate_is_named() -> None:
    prepared = prepare_registration(UNIT, SIGNER.certificate, SIGNER.algorithm, SIGNED_AT)
    # The registered certificate stays, the signature and its certificate are another's.
    mine = complete_registration(prepared, SIGNER.sign(prepared.digest)).decode()
    head = mine[: mine.index("<Signature")] + "</CHUNG_THU_SO>"
    forged = sign_document(head, OTHER_SIGNER)
    fault = read_registration(pack_content(forged)).fault
    assert fault is not None
    assert fault.code == "another_certificate"


def sign_document(document: str, signer: Signer) -> bytes:

    prepared = prepare_enveloped(
        document.encode(),
        parse_xml(document.encode(), max_bytes=10**6),
        name="x",
        certificate=signer.certificate,
        algorithm=signer.algorithm,
        signing_time=SIGNED_AT,
    )
    return complete_enveloped(prepared, signer.sign(prepared.digest))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CHUNG_THU_SO", "KHAC"),
        ("MA_DON_VI", "DON_VI"),
        ("0ABC", "0ABD"),
        ("00000401", ""),
        ("00000401", "0" * 21),
        ("<X509Certificate>", "<X509Certificate>AAAA"),
    ],
)
def test_damaged_registrations_are_refused(old: str, new: str) -> None:
    with pytest.raises(Malformed):
        read_registration(pack_content(registration(SIGNER).replace(old, new).encode()))


ITEM = RecallItem(
    RecordUuid("00000000-0000-4000-8000-000000000001"),
    "Nguyễn Thị <Mẫu>",
    "Nữ",
    "01/02/2017",
    PersonalId("000317000001"),
    "Tiểu học Mẫu",
    UNIT,
    SchoolYear("2023-2024"),
)


def test_recall_items_travel_in_a_package() -> None:
    items = [ITEM, replace(ITEM, reason="Sai họ tên")]
    document = SIGNER.package([item.to_xml() for item in items])
    read = read_package(pack_content(document))
    assert read.fault is None
    assert [read_recall_item(record) for record in read.records] == items


def test_recall_items_have_the_tags_of_the_text_in_its_order() -> None:
    assert ITEM.to_xml().decode() == (
        "<HOC_BA><MA_TRA_CUU_UUID>00000000-0000-4000-8000-000000000001</MA_TRA_CUU_UUID>"
        "<HO_VA_TEN>Nguyễn Thị &lt;Mẫu&gt;</HO_VA_TEN><GIOI_TINH>Nữ</GIOI_TINH>"
        "<NGAY_SINH>01/02/2017</NGAY_SINH><SO_CCCD>000317000001</SO_CCCD>"
        "<TEN_TRUONG>Tiểu học Mẫu</TEN_TRUONG><MA_TRUONG>00000401</MA_TRUONG>"
        "<TEN_NAM_HOC>2023-2024</TEN_NAM_HOC></HOC_BA>"
    )


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("HO_VA_TEN", "TEN", "TEN"),
        ("<GIOI_TINH>Nữ</GIOI_TINH>", "", "GIOI_TINH"),
        ("<GIOI_TINH>Nữ</GIOI_TINH>", "<GIOI_TINH/>", "GIOI_TINH"),
        ("Nữ</GIOI_TINH>", "<A/></GIOI_TINH>", "GIOI_TINH"),
        ("</HOC_BA>", "<MA_TRUONG>1</MA_TRUONG></HOC_BA>", "MA_TRUONG"),
        ("000317000001", "317", "SO_CCCD"),
        ("-4000-", "-1000-", "MA_TRA_CUU_UUID"),
        ("2023-2024", "2023", "TEN_NAM_HOC"),
        ("01/02/2017", "1" * 2001, "NGAY_SINH"),
        ("<HOC_BA>", "<HOC_BA_X>", None),
    ],
)
def test_damaged_recall_items_are_refused(old: str, new: str, where: str | None) -> None:
    with pytest.raises(Malformed) as caught:
        read_recall_item(ITEM.to_xml().decode().replace(old, new).encode())
    if where:
        assert caught.value.where == where
