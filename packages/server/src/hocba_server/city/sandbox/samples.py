"""Sample packages, good ones and one for each way of being wrong, with the answer to each.

Made by the product itself with keys of the sandbox that are thrown away; the answers are not
written down but asked for, so that they are always what the gateway says.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import io
import json
import os
import struct
import uuid
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from django.conf import settings

from hocba.assessment.levels import YearResult
from hocba.errors import Malformed, Sentence
from hocba.ids import MessageId, UnitCode
from hocba.packet.answers import PackageAnswer
from hocba.packet.codes import code_of_package_error
from hocba.packet.json_fields import write_json
from hocba.packet.package import (
    build_package,
    complete_transaction,
    pack_content,
    prepare_transaction,
)
from hocba.packet.transactions import PackageRequest
from hocba.record.model import FormatProfile, SignerRole, SlotId
from hocba.record.sample import SCHOOL_CODE, sample_record
from hocba.trust.algorithms import SignatureAlgorithm
from hocba_certworld.cast import STAMPED, Cast
from hocba_certworld.softkey import SoftKey
from hocba_server.city.sandbox.judging import Judgement, Known, judge
from hocba_server.city.sandbox.world import sandbox_world

SAMPLE_AT = STAMPED + dt.timedelta(hours=12)
"""When the samples are looked at: shortly after they were signed."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One file with what it shows and what the gateway answers."""

    name: str
    title: Sentence
    content: bytes
    answer: dict[str, Any]
    results: list[dict[str, Any]]

    def to_json(self) -> dict[str, Any]:
        """For the file that keeps the samples."""
        return {
            "name": self.name,
            "title": [self.title.vi, self.title.en],
            "content": self.content.decode("utf-8"),
            "answer": self.answer,
            "results": self.results,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Sample:
        """Read what `to_json` wrote."""
        title = Sentence(*value["title"])
        content = value["content"].encode("utf-8")
        return cls(value["name"], title, content, value["answer"], value["results"])

    @property
    def is_partly_good(self) -> bool:
        """Are some of its records accepted and some refused?"""
        return len({one["error"] == "0" for one in self.results}) > 1

    @property
    def code(self) -> str:
        """The code that matters: of the package when it was refused, else of its records."""
        if self.answer["Error"] != "0":
            return str(self.answer["Error"])
        return next((str(one["error"]) for one in self.results if one["error"] != "0"), "0")


@dataclass(frozen=True, slots=True)
class _Plan:
    name: str
    title: Sentence
    make: Callable[[_Workshop], bytes]


class _Workshop:
    """An invented school with keys of the sandbox."""

    def __init__(self) -> None:
        self.cast = Cast.hire(sandbox_world())
        self.known = Known(
            seals=frozenset({self.cast.seal.certificate.fingerprint(hashes.SHA256()).hex()})
        )
        self.good = self.cast.sign(sample_record(4))

    def package(self, *documents: bytes, key: SoftKey | None = None) -> bytes:
        """The signed list of records."""
        key = key or self.cast.seal
        algorithm = SignatureAlgorithm[key.algorithm]
        prepared = prepare_transaction(documents, key.certificate, algorithm, SAMPLE_AT)
        return complete_transaction(prepared, key.sign_digests([prepared.digest])[0])

    def envelope(self, content: str, **changed: Any) -> bytes:
        """The JSON of transaction 1."""
        request = PackageRequest(
            message_id=MessageId(str(uuid.uuid4())),
            unit_code=UnitCode(SCHOOL_CODE),
            first_year=2025,
            content=content,
            user_name=SCHOOL_CODE,
        ).to_json()
        sender: Any = request["authenticationRequest"]
        for name, value in changed.items():
            if value is None:
                sender.pop(name)
            else:
                sender[name] = value
        return write_json(request)

    def sent(self, *documents: bytes, **options: Any) -> bytes:
        """A package as it is posted."""
        return self.envelope(pack_content(self.package(*documents)), **options)

    def judged(self, content: bytes) -> Judgement:
        """What the gateway answers."""
        try:
            request = PackageRequest.from_json(json.loads(content))
        except Malformed as error:
            code = code_of_package_error(error)
            detail = f"{error.where}: {error.sentence.vi}" if error.where else error.sentence.vi
            return Judgement(PackageAnswer.of(MessageId(""), code, detail))
        return judge(request, self.known, SAMPLE_AT, now=lambda: SAMPLE_AT)


def _edited(shop: _Workshop) -> bytes:
    package = shop.package(shop.good).replace(b"<CAN_NANG>28.5<", b"<CAN_NANG>38.5<", 1)
    return shop.envelope(pack_content(package))


def _edited_record(shop: _Workshop) -> bytes:
    return shop.sent(shop.good.replace(b"<CAN_NANG>28.5<", b"<CAN_NANG>38.5<", 1))


def _changed(old: bytes, new: bytes) -> Callable[[_Workshop], bytes]:
    return lambda shop: shop.sent(shop.good.replace(old, new, 1))


def _without(role: SignerRole) -> Callable[[_Workshop], bytes]:
    return lambda shop: shop.sent(
        shop.cast.sign(sample_record(4), skip=[SlotId(role)], stamp=False)
    )


def _against_rule(shop: _Workshop) -> bytes:
    record = sample_record(4)
    summary = dataclasses.replace(record.summary, year_result=YearResult.COMPLETED)
    return shop.sent(shop.cast.sign(dataclasses.replace(record, summary=summary)))


def _missing_subject(shop: _Workshop) -> bytes:
    record = sample_record(4)
    return shop.sent(shop.cast.sign(dataclasses.replace(record, subjects=record.subjects[1:])))


def _not_approved(shop: _Workshop) -> bytes:
    key = sandbox_world().issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE)
    return shop.envelope(pack_content(shop.package(shop.good, key=key)))


def _wrong_length(shop: _Workshop) -> bytes:
    raw = bytearray(base64.b64decode(pack_content(shop.package(shop.good))))
    raw[:4] = struct.pack("<i", struct.unpack("<i", raw[:4])[0] - 7)
    return shop.envelope(base64.b64encode(bytes(raw)).decode("ascii"))


def _doctype(shop: _Workshop) -> bytes:
    return shop.envelope(pack_content(b"<!DOCTYPE a>" + shop.package(shop.good)))


def _half_good(shop: _Workshop) -> bytes:
    wrong = shop.cast.sign(sample_record(4, seed=1)).replace(b">28.5<", b">38.5<", 1)
    return shop.sent(shop.good, wrong)


def _plan(name: str, vi: str, en: str, make: Callable[[_Workshop], bytes]) -> _Plan:
    return _Plan(name, Sentence(vi, en), make)


_PLANS = (
    _plan(
        "dung-2025",
        "Gói đúng, cấu trúc 2025, hai học bạ",
        "A good package, structure of 2025, two records",
        lambda shop: shop.sent(shop.good, shop.cast.sign(sample_record(4, seed=1))),
    ),
    _plan(
        "dung-2024",
        "Gói đúng, cấu trúc 2024 (phụ lục 1.1)",
        "A good package, structure of 2024 (annex 1.1)",
        lambda shop: shop.sent(shop.cast.sign(sample_record(4, FormatProfile.V1_2024))),
    ),
    _plan(
        "dung-khong-escape",
        "Gói đúng, content không escape quote",
        "A good package without escaped quotes",
        lambda shop: shop.envelope(pack_content(shop.package(shop.good), escape=False)),
    ),
    _plan(
        "mot-phan",
        "Hai học bạ, một bị sửa sau khi ký: học bạ đúng vẫn được nhận",
        "Two records, one edited after signing: the good one is taken",
        _half_good,
    ),
    _plan(
        "thieu-truong",
        "Phong bì thiếu nam_hoc",
        "The envelope lacks nam_hoc",
        lambda shop: shop.sent(shop.good, nam_hoc=None),
    ),
    _plan("content-rong", "content rỗng", "An empty content", lambda shop: shop.envelope("")),
    _plan(
        "khong-phai-base64",
        "content không phải Base64",
        "A content that is not Base64",
        lambda shop: shop.envelope("không phải base64"),
    ),
    _plan("sai-do-dai", "Sai 4 byte độ dài", "Wrong 4 bytes of length", _wrong_length),
    _plan("co-doctype", "XML có DOCTYPE", "An XML with a DOCTYPE", _doctype),
    _plan(
        "thieu-chu-ky-giao-dich",
        "Thiếu chữ ký giao dịch",
        "No transaction signature",
        lambda shop: shop.envelope(pack_content(build_package([shop.good]))),
    ),
    _plan(
        "sua-sau-khi-ky-goi",
        "Gói bị sửa sau khi ký giao dịch",
        "A package edited after its signature",
        _edited,
    ),
    _plan(
        "chung-thu-chua-duyet",
        "Ký bằng chứng thư số chưa được duyệt",
        "Signed with a certificate that is not approved",
        _not_approved,
    ),
    _plan(
        "sua-hoc-ba",
        "Học bạ bị sửa sau khi ký",
        "A record edited after signing",
        _edited_record,
    ),
    _plan(
        "thieu-the",
        "Học bạ thiếu thẻ DAN_TOC",
        "A record without DAN_TOC",
        _changed(b"<DAN_TOC>Kinh</DAN_TOC>", b""),
    ),
    _plan(
        "sai-danh-muc",
        "Giới tính ngoài danh mục",
        "A gender outside the catalogue",
        _changed("<GIOI_TINH>Nữ<".encode(), "<GIOI_TINH>Bé<".encode()),
    ),
    _plan(
        "sai-ngay",
        "Ngày sinh không có thật",
        "A birth date that does not exist",
        _changed(b"<NGAY_SINH>01/02/", b"<NGAY_SINH>31/02/"),
    ),
    _plan(
        "thieu-chu-nhiem",
        "Thiếu chữ ký giáo viên chủ nhiệm",
        "No signature of the homeroom teacher",
        _without(SignerRole.HOMEROOM_TEACHER),
    ),
    _plan(
        "sai-xep-loai",
        "Kết quả xếp loại không khớp Thông tư 27",
        "A year result against Circular 27",
        _against_rule,
    ),
    _plan("thieu-mon", "Thiếu một môn học", "A subject is missing", _missing_subject),
)


@dataclass(frozen=True, slots=True)
class SampleShelf:
    """The samples and what the gateway has to know to answer them."""

    samples: tuple[Sample, ...]
    known: Known

    def answer_of(self, request: PackageRequest) -> PackageAnswer:
        """Answer a sample as it was promised; the sample school remembers nothing."""
        return judge(request, self.known, SAMPLE_AT, now=lambda: SAMPLE_AT).answer

    def results_of(self, message_id: str) -> list[dict[str, Any]]:
        """The results of a sample, by the number of its package."""
        for one in self.samples:
            if one.answer["MessageId"] == message_id and one.answer["Error"] == "0":
                return one.results
        return []


def shelf() -> SampleShelf:
    """The samples, made at first use and then kept in a file, so that their keys stay approved."""
    return _read_shelf(str(Path(settings.VAR_DIR) / "sandbox" / "samples.json"))


@lru_cache(maxsize=2)
def _read_shelf(place: str) -> SampleShelf:
    file = Path(place)
    if not file.exists():
        shop = _Workshop()
        made = {
            "seals": sorted(shop.known.seals),
            "samples": [sample.to_json() for sample in _make(shop)],
        }
        part = file.with_name(f"{file.name}.{os.getpid()}")
        part.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
        part.replace(file)
    kept = json.loads(file.read_text(encoding="utf-8"))
    samples = tuple(Sample.from_json(one) for one in kept["samples"])
    return SampleShelf(samples, Known(seals=frozenset(kept["seals"])))


def _make(shop: _Workshop) -> list[Sample]:
    samples = []
    for plan in _PLANS:
        content = plan.make(shop)
        found = shop.judged(content)
        samples.append(
            Sample(
                name=f"{plan.name}.json",
                title=plan.title,
                content=content,
                answer=found.answer.to_json(),
                results=[result.to_json() for result in found.results],
            )
        )
    return samples


def archive_of(samples: Sequence[Sample]) -> bytes:
    """All samples as a ZIP, with the answers in `tra-loi.json`."""
    answers = [
        {
            "file": one.name,
            "title": {"vi": one.title.vi, "en": one.title.en},
            "answer": one.answer,
            "results": one.results,
        }
        for one in samples
    ]
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tra-loi.json", json.dumps(answers, ensure_ascii=False, indent=2))
        for one in samples:
            archive.writestr(one.name, one.content)
    return output.getvalue()
