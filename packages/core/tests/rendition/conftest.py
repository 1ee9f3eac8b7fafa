"""The invented pupil, school and keys of the rendition tests.

Lets the tests import `booklet_world`: the importlib mode adds no paths itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.x509.oid import NameOID

from hocba.assessment.levels import SubjectLevel, TraitLevel, YearResult
from hocba.ids import (
    PersonalId,
    PupilCode,
    RecordUuid,
    SchoolYear,
    SubjectCode,
    TraitCode,
    UnitCode,
)
from hocba.record.model import (
    AnnualRecord,
    FormatProfile,
    IssueTerms,
    IssuingSchool,
    Person,
    PupilData,
    SignerRole,
    SlotId,
    StudyYear,
    SubjectResult,
    TraitResults,
    YearSummary,
)
from hocba.rendition.form import SignatureLine, render_pdf
from hocba.rendition.seal import seal_pdf

sys.path.insert(0, str(Path(__file__).parent))

VIETNAM = timezone(timedelta(hours=7))
UUID = RecordUuid("00000000-0000-4000-8000-000000000001")
VERIFY_URL = f"https://hocba.example.vn/xac-thuc/{UUID}"
RENDERED_AT = datetime(2026, 5, 29, 15, 0, tzinfo=VIETNAM)
LEADER = Person("Lê Văn Mẫu", PersonalId("000080000001"))
HOMEROOM = Person("Phạm Thị Mẫu", PersonalId("000190000001"))

_SUBJECTS = (
    ("02", "Tiếng Việt", "T", 9),
    ("01", "Toán", "T", 10),
    ("11", "Ngoại ngữ 1", "T", 9),
    ("05", "Lịch sử và Địa lí", "T", 8),
    ("13", "Khoa học", "T", 8),
    ("12", "Tin học và Công nghệ (Tin học)", "H", 6),
    ("87", "Tin học và Công nghệ (Công nghệ)", "T", 9),
    ("03", "Đạo đức", "T", None),
    ("88", "Giáo dục thể chất", "M", None),
    ("89", "Nghệ thuật (Âm nhạc)", "H", None),
    ("90", "Nghệ thuật (Mĩ thuật)", "T", None),
    ("91", "Hoạt động trải nghiệm", "T", None),
)


DOCUMENT = "<HOC_BA><DU_LIEU_HOC_BA>Nguyễn Thị Ngọc Mẫu</DU_LIEU_HOC_BA></HOC_BA>".encode()
EVIDENCE = b"PK\x05\x06" + bytes(18)
SEALED_AT = datetime(2026, 5, 29, 15, 5, tzinfo=VIETNAM)


@dataclass(frozen=True)
class SchoolKey:
    """A key of an invented school behind the `Key` port, counting its calls."""

    private: Any
    certificate: x509.Certificate
    algorithm: str
    chain: Sequence[x509.Certificate] = ()
    calls: list[int] = field(default_factory=list)

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        self.calls.append(len(digests))
        prehashed = utils.Prehashed(hashes.SHA256())
        if self.algorithm == "ECDSA_P256_SHA256":
            return [self.private.sign(each, ec.ECDSA(prehashed)) for each in digests]
        scheme = padding.PKCS1v15()
        if self.algorithm == "RSA_PSS_SHA256":
            scheme = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        return [self.private.sign(each, scheme, prehashed) for each in digests]


def school_key(algorithm: str) -> SchoolKey:
    """Make a self-signed key of the invented school."""
    private: Any = (
        ec.generate_private_key(ec.SECP256R1())
        if algorithm.startswith("ECDSA")
        else rsa.generate_private_key(65537, 2048)
    )
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Trường Tiểu học Mẫu DEMO")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(2026)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=VIETNAM))
        .not_valid_after(datetime(2027, 1, 1, tzinfo=VIETNAM))
        .sign(private, hashes.SHA256())
    )
    return SchoolKey(private, certificate, algorithm)


@pytest.fixture(scope="session")
def keys() -> dict[str, SchoolKey]:
    names = ("RSA_PKCS1_SHA256", "RSA_PSS_SHA256", "ECDSA_P256_SHA256")
    return {name: school_key(name) for name in names}


@pytest.fixture(scope="session")
def record() -> AnnualRecord:
    return invented_record()


@pytest.fixture(scope="session")
def render() -> Callable[..., bytes]:
    """Render an invented record; any argument of `render_pdf` can be replaced."""

    def render_with(record: AnnualRecord, **changed: Any) -> bytes:
        arguments: dict[str, Any] = {
            "document": DOCUMENT,
            "fonts": None,
            "signatures": invented_signatures(),
            "verify_url": VERIFY_URL,
            "timestamp": RENDERED_AT,
            "evidence": EVIDENCE,
        }
        return render_pdf(record, **{**arguments, **changed})

    return render_with


@pytest.fixture(scope="session")
def rendered(render: Callable[..., bytes], record: AnnualRecord) -> bytes:
    return render(record)


@pytest.fixture(scope="session")
def sealed(rendered: bytes, keys: dict[str, SchoolKey]) -> bytes:
    return seal_pdf(rendered, keys["ECDSA_P256_SHA256"], SEALED_AT, None)


def invented_record() -> AnnualRecord:
    """A complete record of grade 4, like the sample of CV 2088 annex 2."""
    return AnnualRecord(
        profile=FormatProfile.V2_2025,
        record_uuid=UUID,
        school_year=SchoolYear.parse("2025-2026"),
        school=IssuingSchool(
            department_code="79",
            department_name="Sở Giáo dục và Đào tạo Thành phố Hồ Chí Minh",
            school_code=UnitCode("00000401"),
            school_name="Tiểu học Mẫu",
            ward_name="Phường Sài Gòn",
            province_name="Thành phố Hồ Chí Minh",
        ),
        pupil=_pupil(),
        grade=4,
        classroom_name="4A1",
        terms=IssueTerms(
            signing_leader=LEADER,
            signing_leader_title="Hiệu trưởng",
            homeroom_teacher=HOMEROOM,
            issue_place="Thành phố Hồ Chí Minh",
            created_on=datetime(2026, 5, 26, 8, 0, tzinfo=VIETNAM),
            issued_on=datetime(2026, 5, 29, 0, 0, tzinfo=VIETNAM),
        ),
        history=_history(),
        subjects=tuple(
            SubjectResult(SubjectCode(code), name, SubjectLevel(level), score)
            for code, name, level, score in _SUBJECTS
        ),
        traits=_traits(),
        summary=YearSummary(
            year_result=YearResult.COMPLETED,
            promoted=True,
            grade_completed=True,
            primary_completed=False,
            completion_text="Hoàn thành chương trình lớp 4; Được lên lớp 5.",
            homeroom_comment=(
                "Đọc lưu loát, rõ ràng, viết chữ đẹp; tính toán nhanh và biết vận dụng thực hành "
                "tính toán vào một số vấn đề trong cuộc sống. Vẫn cần sự giúp đỡ khi thiết lập và "
                "tạo chương trình đơn giản; khi sử dụng nhạc cụ, đôi lúc chưa thể hiện đúng cao độ."
            ),
            award_text=None,
            special_award_text="Đạt giải Nhì hội giao lưu An toàn giao thông cấp trường",
        ),
    )


def _pupil() -> PupilData:
    return PupilData(
        full_name="Nguyễn Thị Ngọc Mẫu",
        personal_id=PersonalId("000316000001"),
        pupil_code=PupilCode("7900000001"),
        register_number="1234/2022",
        gender="Nữ",
        birth_date="01/02/2016",
        birth_place="Bệnh viện Mẫu, Thành phố Hồ Chí Minh",
        home_town="Phường Mẫu, Thành phố Hồ Chí Minh",
        current_address="1 Đường Mẫu, Phường Sài Gòn, Thành phố Hồ Chí Minh",
        ethnic_group="Kinh",
        nationality="Việt Nam",
        mother_name="Trần Thị Mẫu",
        father_name="Nguyễn Văn Mẫu",
        weight_kg=Decimal("24.5"),
        height_cm=Decimal("131"),
        excused_absences=2,
        unexcused_absences=0,
    )


def _history() -> tuple[StudyYear, ...]:
    return tuple(
        StudyYear(
            SchoolYear.parse(f"{first}-{first + 1}"),
            f"{grade}A1",
            "Tiểu học Mẫu",
            datetime(first, 9, 5, tzinfo=VIETNAM),
        )
        for grade, first in ((1, 2022), (2, 2023), (3, 2024), (4, 2025))
    )


def _traits() -> TraitResults:
    levels = {TraitCode(f"{number:02d}"): TraitLevel.GOOD for number in range(1, 16)}
    levels[TraitCode("13")] = TraitLevel.SATISFACTORY
    return TraitResults(
        levels=levels,
        quality_comment="Đi học đầy đủ, đúng giờ; mạnh dạn trình bày ý kiến cá nhân; giữ lời hứa.",
        general_competence_comment="Chủ động, phối hợp trong học tập; có khả năng tự học.",
        specific_competence_comment=(
            "Sử dụng ngôn ngữ lưu loát trong cuộc sống và học tập. Cần tiếp tục rèn luyện một số "
            "kĩ năng về tin học và âm nhạc để thành thạo hơn nữa."
        ),
    )


def invented_signatures() -> list[SignatureLine]:
    """Five signatures, out of order on purpose: the form puts them in order."""
    when = datetime(2026, 5, 27, 9, 15, tzinfo=VIETNAM)
    public, government = "CA công cộng DEMO", "CA Chính phủ DEMO"
    return [
        SignatureLine(
            SlotId(SignerRole.ORGANISATION),
            "Trường Tiểu học Mẫu DEMO",
            government,
            when + timedelta(days=2, hours=5),
        ),
        SignatureLine(
            SlotId(SignerRole.SCHOOL_LEADER),
            "Lê Văn Mẫu DEMO",
            government,
            when + timedelta(days=1),
        ),
        SignatureLine(SlotId(SignerRole.HOMEROOM_TEACHER), "Phạm Thị Mẫu DEMO", public, when),
        SignatureLine(
            SlotId(SignerRole.SUBJECT_TEACHER, SubjectCode("11")),
            "Đỗ Văn Mẫu DEMO",
            public,
            when - timedelta(hours=3),
        ),
        SignatureLine(
            SlotId(SignerRole.SUBJECT_TEACHER, SubjectCode("88")),
            "Vũ Thị Mẫu DEMO",
            public,
            when - timedelta(hours=2),
        ),
    ]
