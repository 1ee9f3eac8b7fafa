"""What the API says, field by field. Names are English; values of the Ministry stay as they are."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from ninja import Path, Schema
from pydantic import Field

UnitCode = Annotated[
    str,
    Path(
        max_length=20,
        pattern=r"^[0-9A-Za-z._-]{1,20}$",
        description="Mã đơn vị / code of the unit",
        examples=["79267400001"],
    ),
]
MessageNumber = Annotated[
    str,
    Path(
        max_length=100,
        pattern=r"^[0-9A-Za-z._-]{1,100}$",
        description="messageid: UUID mới cho mỗi gói; gửi lại cùng mã được trả lời như lần đầu / "
        "a new UUID for every package; the same id again gets the first answer",
        examples=["3f0c2d6e-7a51-4c43-9b0e-2f1d8a6b7c90"],
    ),
]
RecordNumber = Annotated[
    str,
    Path(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
        description="MA_TRA_CUU_UUID",
        examples=["0f5f9a3e-3a44-4a0e-9d43-1f2e3d4c5b6a"],
    ),
]


class Problem(Schema):
    """RFC 9457. `title`, `detail`, `what_to_do` tiếng Việt; `…_en` English."""

    type: str = Field(description="Địa chỉ giải thích mã / where the code is explained")
    title: str
    status: int
    detail: str
    code: str = Field(description="Mã của cổng / code of the gateway", examples=["1403"])
    title_en: str
    detail_en: str
    rule: str = Field(description="Căn cứ / the rule behind it")
    what_to_do: str
    what_to_do_en: str
    field: str | None = Field(None, description="Thẻ hoặc tham số / tag or parameter")


class Package(Schema):
    """Một gói đã được ghi vào kho nhận / a package whose bytes are committed."""

    message_id: str
    unit_code: str
    school_year: int = Field(description="Năm đầu / first year")
    state: Literal["received", "processed"] = Field(
        description="received: đã nhận, chờ kiểm tra; processed: đã có kết quả / done"
    )
    records: int
    accepted: int | None = Field(None, description="Khi đã có kết quả / once processed")
    refused: int | None = None
    waiting: int | None = Field(None, description="Chờ quyết định (thu hồi) / wait for a decision")
    received_at: dt.datetime
    processed_at: dt.datetime | None = None
    results_url: str


class Reason(Schema):
    """Vì sao một học bạ không được nhận / why a record is refused."""

    code: str
    tag: str = Field(description="Thẻ hoặc chữ ký / tag or signature")
    sentence: str
    rule: str
    what_to_do: str
    what_to_do_en: str


class RecordResult(Schema):
    """Kết quả của một học bạ / what became of one record."""

    position: int = Field(description="Thứ tự trong gói, từ 0 / place in the package, from 0")
    record_uuid: str
    pupil_code: str
    pupil_name: str
    personal_id: str
    outcome: Literal["accepted", "refused", "waiting"]
    reason: Reason | None = None


class ResultPage(Schema):
    """Một trang kết quả / a page of results."""

    message_id: str
    state: Literal["received", "processed"]
    pending: int = Field(description="Số học bạ chưa có kết quả / records without a result yet")
    page: int
    pages: int
    total: int = Field(description="Số dòng theo bộ lọc / rows that pass the filter")
    results: list[RecordResult]


class Certificate(Schema):
    """Chứng thư số đã đăng ký / a registered certificate."""

    message_id: str
    serial_number: str
    subject: str
    issuer: str
    valid_from: dt.datetime
    valid_until: dt.datetime
    signature_kind: str
    state: Literal["waiting", "approved", "refused"]
    reason: str = ""
    received_at: dt.datetime
    decided_at: dt.datetime | None = None


class CertificateList(Schema):
    """Các chứng thư số của đơn vị, mới nhất trước / newest first."""

    certificates: list[Certificate]


class RecordStatus(Schema):
    """Tình trạng một học bạ của đơn vị mình / status of a record of one's own unit."""

    record_uuid: str
    status: Literal["in_force", "recalled", "replaced"]
    sha256: str = Field(description="Mã băm của XML đã tiếp nhận / of the accepted XML")
    school_year: str
    classroom: str
    accepted_at: dt.datetime
    message_id: str
    ended_at: dt.datetime | None = None
    ended_by: Literal["recall", "correction"] | None = None
    reason: str = ""
    replaced_by: str | None = None
    replaces: list[str] = Field(default_factory=list)
    closed_since: dt.datetime | None = None


class TokenRequest(Schema):
    """Tài khoản và SHA-256 của mật khẩu; để trống mật khẩu khi yêu cầu có chữ ký.

    Account and SHA-256 of its password; without password when the request is signed.
    """

    user_name: str = Field(max_length=150, examples=["79267400001"])
    password_sha256: str | None = Field(
        None, pattern=r"^[0-9a-fA-F]{64}$", description="64 chữ số hệ 16 / 64 hex digits"
    )


class Token(Schema):
    """Token chỉ hiện một lần / shown once."""

    token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a scheme, not a secret
    user_name: str
    unit_code: str
    expires_at: dt.datetime
    expires_in: int = Field(description="Giây / seconds")


class CatalogueEntry(Schema):
    """Một mục danh mục / an entry."""

    code: str
    name: str
    name_en: str
    source: str


class Catalogue(Schema):
    """Danh mục / a catalogue."""

    entries: list[CatalogueEntry]


class AnswerCode(Schema):
    """Một mã trả lời của cổng / a code of the gateway's answers."""

    code: str
    level: Literal["package", "record", "recall"]
    sentence: str
    sentence_en: str
    rule: str
    what_to_do: str
    what_to_do_en: str


class AnswerCodes(Schema):
    """Mọi mã trả lời / every code."""

    codes: list[AnswerCode]


class Health(Schema):
    """Cổng có nhận gói không / does the gateway take packages."""

    status: Literal["ok"]
    time: dt.datetime = Field(description="Giờ của cổng, để chỉnh đồng hồ / our clock")
    version: str


class Words(Schema):
    """Hai ngôn ngữ / both languages."""

    vi: str
    en: str


class ConformanceFinding(Schema):
    """Một lỗi hoặc điều nên xem lại / a fault, or something to look at."""

    record: int | None = Field(None, description="Thứ tự học bạ, từ 1 / record, from 1")
    where: str
    line: int | None = None
    code: str
    severity: Literal["error", "warning"]
    sentence: Words


class ConformanceCheck(Schema):
    """Một bước kiểm tra / one check."""

    name: str
    title: Words
    rule: str
    outcome: Literal["passed", "failed", "not_checked"]
    why_not: Words | None = None
    what_to_do: Words | None = None
    findings: list[ConformanceFinding]
    more: int


class Conformance(Schema):
    """Báo cáo kiểm tra phù hợp / conformance report."""

    file: str
    kind: str
    records: int
    conforms: bool
    faults: int
    checks: list[ConformanceCheck]
