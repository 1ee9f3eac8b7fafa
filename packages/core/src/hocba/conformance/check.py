"""Look at one file whole: a record, a package, the JSON of a transaction, a registration.

Pure: bytes in, report out; the file goes nowhere.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from lxml import etree

from hocba.conformance.catalogue import CheckName
from hocba.conformance.report import ConformanceReport, Gathering, line_of
from hocba.conformance.signed import SIGNED, Surroundings, look_at_signatures
from hocba.conformance.values import ValueSurvey
from hocba.errors import HocBaError, Malformed, Sentence
from hocba.ids import MessageId, UnitCode
from hocba.packet.envelope import MAX_REQUEST, MAX_TEXT
from hocba.packet.json_fields import read_json
from hocba.packet.package import (
    LIST_TAG,
    MAX_RECORDS,
    WRAPPER_TAG,
    pack_content,
    read_transaction,
    unpack_content,
)
from hocba.packet.recall import read_recall_item
from hocba.packet.registration import ROOT_TAG as REGISTRATION_TAG
from hocba.packet.registration import read_registration
from hocba.packet.transactions import (
    CertificateQuery,
    PackageRequest,
    RegistrationRequest,
    ResultQuery,
    TransactionType,
    read_request,
)
from hocba.record.codec import AnyRead, parse_xml, read_any
from hocba.record.frame import profile_of
from hocba.record.secondary.completeness import check_any
from hocba.trust.path import build_path
from hocba.verify.certificates import known_certificates

_RECORD: Final = (
    CheckName.SIZE,
    CheckName.ENCODING,
    CheckName.XML,
    CheckName.TAGS,
    CheckName.ORDER,
    CheckName.REQUIRED,
    CheckName.TYPES,
    CheckName.CATALOGUES,
    CheckName.RULES,
    *SIGNED,
)
_PACKAGE: Final = (*_RECORD, CheckName.TRANSACTION)
_ENVELOPE: Final = (CheckName.SIZE, CheckName.ENVELOPE)
_BOM: Final = b"\xef\xbb\xbf"
_ENCODING_CODES: Final = frozenset({"encoding", "content_utf8"})
_SIZE_CODES: Final = frozenset({"too_large", "too_many", "request_too_large", "content_length"})


def check_file(data: bytes, *, name: str, surroundings: Surroundings) -> ConformanceReport:
    """Return the report on one file, whatever it is. Never raises for what the file holds."""
    return _Look(name, surroundings).file(data)


class _Look:
    """One file on its way through the checks."""

    def __init__(self, name: str, surroundings: Surroundings) -> None:
        self.name = name
        self.surroundings = surroundings
        self.gathering = Gathering()
        self.records = 0

    def file(self, data: bytes) -> ConformanceReport:
        """Recognise the file and look at it."""
        self.gathering.make(CheckName.SIZE)
        if len(data) > MAX_TEXT:
            self._too_large(len(data), MAX_TEXT)
            return self._report("unreadable", (CheckName.SIZE,))
        if data.removeprefix(_BOM).lstrip()[:1] in {b"{", b"["}:
            return self._envelope(data)
        return self._xml(data)

    def _envelope(self, data: bytes) -> ConformanceReport:
        if len(data) > MAX_REQUEST:
            self._too_large(len(data), MAX_REQUEST)
        self.gathering.make(CheckName.ENVELOPE)
        try:
            value = read_json(data[:MAX_REQUEST] if len(data) > MAX_REQUEST else data)
        except Malformed as error:
            self.gathering.add_error(CheckName.ENVELOPE, error)
            return self._report("envelope", _ENVELOPE)
        for fault in _field_faults(value):
            self.gathering.add_error(CheckName.ENVELOPE, fault)
        content = value.get("content") if isinstance(value, dict) else None
        if not isinstance(content, str):
            return self._report("envelope", _ENVELOPE)
        try:
            document = unpack_content(content)
        except Malformed as error:
            place = CheckName.ENVELOPE if error.code.startswith("content") else _check_of(error)
            self.gathering.add_error(place, error)
            return self._report("envelope", (*_ENVELOPE, *_PACKAGE))
        self._compare_unit(value, document)
        report = self._xml(document)
        return ConformanceReport(self.name, "envelope", report.records, report.checks)

    def _xml(self, data: bytes) -> ConformanceReport:
        self.gathering.make(CheckName.XML, CheckName.ENCODING)
        if data.startswith(_BOM):
            self.gathering.add(
                CheckName.ENCODING,
                Sentence("Tệp bắt đầu bằng BOM; bỏ 3 byte này.", "The file begins with a BOM."),
                line=1,
                code="bom",
                warning=True,
            )
        try:
            root = parse_xml(data, max_bytes=MAX_TEXT)
        except Malformed as error:
            self.gathering.add_error(_check_of(error), error)
            return self._report("unreadable", _RECORD)
        if root.tag == REGISTRATION_TAG:
            return self._registration(data)
        if root.tag in {LIST_TAG, WRAPPER_TAG}:
            return self._package(data, root)
        self.records = 1
        if len(data) > MAX_REQUEST:
            self._too_large(len(data), MAX_REQUEST)
        self._record(root, data, None)
        return self._report("record", _RECORD)

    def _package(self, data: bytes, root: etree._Element) -> ConformanceReport:
        self.gathering.make(CheckName.TRANSACTION)
        # Reading takes the signature out of the tree it reads; ours stays whole.
        elements = list(root.iter("HOC_BA"))
        self.records = len(elements)
        if not elements:
            self.gathering.add(
                CheckName.SIZE,
                Sentence("Gói không có học bạ nào.", "The package holds no record."),
                code="content_empty",
            )
        if len(elements) > MAX_RECORDS:
            self.gathering.add(
                CheckName.SIZE,
                Sentence(
                    f"Gói có {len(elements)} học bạ; tối đa {MAX_RECORDS}.",
                    f"The package has {len(elements)} records; at most {MAX_RECORDS}.",
                ),
                code="request_too_large",
            )
        try:
            read = read_transaction(data)
        except HocBaError as error:
            self.gathering.add_error(_check_of(error), error)
            for number, element in enumerate(elements[:MAX_RECORDS], start=1):
                self._record(element, etree.tostring(element, encoding="utf-8"), number)
            return self._report("package", _PACKAGE)
        self._transaction(read.fault, read.certificate)
        if elements and elements[0].find("DU_LIEU_HOC_BA") is None and _is_recall(elements[0]):
            return self._recall(read.records)
        seen: dict[str, int] = {}
        for number, cut in enumerate(read.records[:MAX_RECORDS], start=1):
            uuid = self._record(parse_xml(cut), cut, number)
            if uuid and seen.setdefault(uuid, number) != number:
                self.gathering.add(
                    CheckName.IDS,
                    Sentence(
                        f"MA_TRA_CUU_UUID trùng với học bạ thứ {seen[uuid]}.",
                        f"MA_TRA_CUU_UUID is that of record {seen[uuid]}.",
                    ),
                    where="MA_TRA_CUU_UUID",
                    record=number,
                    code="duplicate_uuid",
                )
        return self._report("package", _PACKAGE)

    def _recall(self, records: tuple[bytes, ...]) -> ConformanceReport:
        self.gathering.make(CheckName.TAGS, CheckName.REQUIRED)
        for number, cut in enumerate(records[:MAX_RECORDS], start=1):
            try:
                read_recall_item(cut)
            except HocBaError as error:
                missing = error.code == "field_missing"
                check = CheckName.REQUIRED if missing else CheckName.TAGS
                self.gathering.add_error(check, error, record=number)
        relevant = (CheckName.SIZE, CheckName.XML, CheckName.TRANSACTION)
        return self._report("recall", relevant)

    def _transaction(self, fault: HocBaError | None, certificate: Any) -> None:
        if fault is not None:
            self.gathering.add_error(CheckName.TRANSACTION, fault)
        store = self.surroundings.store
        if certificate is None or store is None:
            return
        try:
            issuers = known_certificates(self.surroundings.evidence)
            build_path(certificate, issuers, store, self.surroundings.at)
        except HocBaError as error:
            self.gathering.add_error(CheckName.CERTIFICATES, error)

    def _registration(self, data: bytes) -> ConformanceReport:
        self.gathering.make(CheckName.TRANSACTION)
        try:
            read = read_registration(pack_content(data, escape=False))
        except HocBaError as error:
            self.gathering.add_error(CheckName.TAGS, error)
        else:
            self._transaction(read.fault, read.certificate)
        return self._report("registration", (CheckName.SIZE, CheckName.XML, CheckName.TRANSACTION))

    def _record(self, root: etree._Element, document: bytes, number: int | None) -> str:
        """Look at one record; answers its UUID when it can be read."""
        if root.tag != "HOC_BA":
            self.gathering.add(
                CheckName.TAGS,
                Sentence(
                    f"Thẻ gốc là {str(root.tag)[:60]}, phải là HOC_BA hoặc DANH_SACH_HOC_BA.",
                    f"The root is {str(root.tag)[:60]}; it must be HOC_BA or DANH_SACH_HOC_BA.",
                ),
                line=line_of(root),
                code="root",
            )
            return ""
        for node in root.iter(etree.Comment, etree.ProcessingInstruction):
            self.gathering.add(
                CheckName.XML,
                Sentence(
                    "Trong học bạ có chú thích hoặc chỉ thị XML.",
                    "The record holds an XML comment or instruction.",
                ),
                line=line_of(node),
                record=number,
                code="comment_in_data",
            )
        profile = profile_of(root)
        ValueSurvey(self.gathering, number).look(root, profile)
        read = self._rules(document, number)
        look_at_signatures(root, profile, read, self.surroundings, self.gathering, number)
        return root.findtext(".//MA_TRA_CUU_UUID") or ""

    def _rules(self, document: bytes, number: int | None) -> AnyRead | None:
        try:
            read = read_any(document)
        except HocBaError as error:
            known = {(one.record, one.where) for one in self.gathering.found}
            if (number, error.where or "") not in known and not self._found_in(number):
                self.gathering.add_error(_check_of(error), error, record=number)
            self.gathering.skip(
                Sentence(
                    "Dữ liệu học bạ còn lỗi nên chưa tính lại được kết quả.",
                    "The data have faults, so that results cannot be computed again.",
                ),
                CheckName.RULES,
            )
            return None
        self.gathering.make(CheckName.RULES)
        for finding in check_any(read.record):
            self.gathering.add(
                CheckName.RULES,
                finding.sentence,
                where=finding.where,
                record=number,
                code=finding.code,
                warning=finding.severity == "warning",
            )
        return read

    def _found_in(self, number: int | None) -> bool:
        """Does a finding of this record explain already why it cannot be read?"""
        return any(one.record == number and not one.warning for one in self.gathering.found)

    def _compare_unit(self, value: dict[str, Any], document: bytes) -> None:
        """ma_don_vi of the envelope and MA_TRUONG of the records should be the same school."""
        sender = value.get("authenticationRequest")
        unit = sender.get("ma_don_vi") if isinstance(sender, dict) else None
        if not isinstance(unit, str) or b"<MA_TRUONG>" not in document:
            return
        if f"<MA_TRUONG>{unit}</MA_TRUONG>".encode("utf-8", "replace") not in document:
            self.gathering.add(
                CheckName.ENVELOPE,
                Sentence(
                    "ma_don_vi khác MA_TRUONG của các học bạ trong gói.",
                    "ma_don_vi is not MA_TRUONG of the records.",
                ),
                where="ma_don_vi",
                code="wrong_unit",
            )

    def _too_large(self, size: int, limit: int) -> None:
        self.gathering.add(
            CheckName.SIZE,
            Sentence(
                f"Tệp có {size} byte, tối đa {limit}.", f"{size} bytes; at most {limit} are taken."
            ),
            code="too_large",
        )

    def _report(self, kind: str, relevant: tuple[CheckName, ...]) -> ConformanceReport:
        return self.gathering.report(self.name, kind, self.records, relevant)


def _is_recall(element: etree._Element) -> bool:
    return element.find("MA_TRA_CUU_UUID") is not None


def _check_of(error: HocBaError) -> CheckName:
    if error.code in _ENCODING_CODES:
        return CheckName.ENCODING
    if error.code in _SIZE_CODES:
        return CheckName.SIZE
    if error.code in {"not_a_package", "record_slice", "root"}:
        return CheckName.TAGS
    return CheckName.XML


def _field_faults(value: object) -> list[Malformed]:
    """Every fault of the fields of a request: each is read by itself, then the whole."""
    faults: dict[str, Malformed] = {}
    for attempt in _attempts(value):
        try:
            read_request(attempt)
        except Malformed as error:
            faults.setdefault(error.where or error.code, error)
    return list(faults.values())


def _attempts(value: object) -> list[object]:
    """The request, and the request with all fields but one replaced by good ones."""
    if not isinstance(value, dict):
        return [value]
    sender = value.get("authenticationRequest")
    good = _good_request(value)
    if good is None:
        return [value]
    attempts: list[object] = []
    if isinstance(sender, dict):
        model = good["authenticationRequest"]
        for field in model:
            fields = {**model, **({field: sender[field]} if field in sender else {})}
            if field not in sender:
                fields.pop(field)
            attempts.append({**good, "authenticationRequest": fields})
        attempts.append({**good, "content": value.get("content")})
        return attempts
    for field in good:
        fields = {**good, **({field: value[field]} if field in value else {})}
        if field not in value:
            fields.pop(field)
        attempts.append(fields)
    return attempts


def _good_request(value: dict[str, Any]) -> dict[str, Any] | None:
    """A request of the same kind with nothing wrong."""
    message, unit = MessageId("00000000-0000-4000-8000-000000000000"), UnitCode("00000401")
    if "authenticationRequest" in value:
        sender = value["authenticationRequest"]
        is_recall = isinstance(sender, dict) and sender.get("type") == TransactionType.RECALL
        kind = TransactionType.RECALL if is_recall else TransactionType.SUBMIT
        return PackageRequest(message, unit, 2025, "x", kind).to_json()
    if "serial_number" in value or value.get("type") == TransactionType.REGISTER_CERTIFICATE:
        day = date(2026, 1, 1)
        return RegistrationRequest(message, unit, "00", day, "USB_TOKEN", "VNPT", "x").to_json()
    if "ma_nam_hoc" in value:
        return CertificateQuery(message, unit, 2025).to_json()
    if "messageid" in value or "type" in value:
        return ResultQuery(message, unit).to_json()
    return None
