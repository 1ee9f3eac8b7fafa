"""A complete invented record for tests, vectors and measurements; the same for the same seed.

Every personal number starts with 000, a place code that is not allocated.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal

from hocba.assessment.catalogue import has_year_end_test, subjects_of_grade, traits_of_grade
from hocba.assessment.levels import SubjectLevel, TraitLevel, YearResult
from hocba.assessment.promotion import decide_promotion, propose_award
from hocba.ids import PersonalId, PupilCode, SchoolYear, UnitCode, record_uuid_from_bytes
from hocba.record.model import (
    AnnualRecord,
    FormatProfile,
    IssueTerms,
    IssuingSchool,
    Person,
    PupilData,
    StudyYear,
    SubjectResult,
    TraitResults,
    YearSummary,
)
from hocba.record.values import VIETNAM

HOMEROOM = Person("Phạm Thị Mẫu", PersonalId("000190000001"))
LEADER = Person("Lê Văn Mẫu", PersonalId("000080000001"))
SPECIALISTS = {
    code: Person(f"Giáo Viên Mẫu {number}", PersonalId(f"0001900001{number:02d}"))
    for number, code in enumerate(("11", "12", "87", "88", "89", "90"), start=1)
}
"""Subject teachers by subject code; the homeroom teacher teaches the others."""
SCHOOL_CODE = UnitCode("00000401")


def sample_record(
    grade: int = 4, profile: FormatProfile = FormatProfile.V2_2025, *, seed: int = 0
) -> AnnualRecord:
    """Make the record of pupil number `seed` of one invented class, year 2025-2026."""
    return AnnualRecord(
        profile=profile,
        record_uuid=record_uuid_from_bytes(
            hashlib.sha256(f"{grade}/{seed}".encode()).digest()[:16]
        ),
        school_year=SchoolYear("2025-2026"),
        school=IssuingSchool(
            department_code="79",
            department_name="Sở Giáo dục và Đào tạo Thành phố Hồ Chí Minh",
            school_code=SCHOOL_CODE,
            school_name="Tiểu học Mẫu",
            ward_name="Phường Sài Gòn",
            province_name="Thành phố Hồ Chí Minh",
        ),
        pupil=_pupil(grade, seed),
        grade=grade,
        classroom_name=f"{grade}A1",
        terms=IssueTerms(
            signing_leader=LEADER,
            signing_leader_title="Hiệu trưởng",
            homeroom_teacher=HOMEROOM,
            issue_place="Thành phố Hồ Chí Minh",
            created_on=datetime(2026, 5, 26, 8, tzinfo=VIETNAM),
            issued_on=datetime(2026, 5, 29, tzinfo=VIETNAM),
        ),
        history=tuple(
            StudyYear(
                SchoolYear(f"{first}-{first + 1}"),
                f"{grade - 2025 + first}A1",
                "Tiểu học Mẫu",
                datetime(first, 9, 5, tzinfo=VIETNAM),
            )
            for first in range(2026 - grade, 2026)
        ),
        subjects=_subjects(grade, seed),
        traits=_traits(grade),
        summary=_summary(grade, seed),
    )


def _pupil(grade: int, seed: int) -> PupilData:
    birth = 2019 - grade + 1
    return PupilData(
        full_name=f"Nguyễn Thị Mẫu {seed}" if seed else "Nguyễn Thị Mẫu",
        personal_id=PersonalId(f"000{birth % 100 + 300:03d}{seed:06d}"),
        pupil_code=PupilCode(f"79{seed:08d}"),
        register_number=f"{seed + 1}/{2026 - grade}",
        gender="Nữ",
        birth_date=f"01/02/{birth}",
        birth_place="Bệnh viện Mẫu, Thành phố Hồ Chí Minh",
        home_town="Phường Mẫu, Thành phố Hồ Chí Minh",
        current_address="1 Đường Mẫu, Phường Sài Gòn, Thành phố Hồ Chí Minh",
        ethnic_group="Kinh",
        nationality="Việt Nam",
        mother_name="Trần Thị Mẫu",
        father_name="Nguyễn Văn Mẫu",
        weight_kg=Decimal("28.5"),
        height_cm=Decimal("134"),
        excused_absences=seed % 4,
        unexcused_absences=0,
    )


def _subjects(grade: int, seed: int) -> tuple[SubjectResult, ...]:
    results = []
    for subject in subjects_of_grade(grade):
        if subject.code == "14" or (subject.code == "11" and grade < 3):
            continue
        tested = has_year_end_test(subject.code, grade)
        results.append(
            SubjectResult(
                code=subject.code,
                name=subject.name,
                level=SubjectLevel.WELL_COMPLETED,
                test_score=(10 - seed % 4) if tested else None,
                teacher=SPECIALISTS.get(subject.code, HOMEROOM),
            )
        )
    return tuple(results)


def _traits(grade: int) -> TraitResults:
    return TraitResults(
        levels={trait.code: TraitLevel.GOOD for trait in traits_of_grade(grade)},
        quality_comment="Đi học đầy đủ, đúng giờ; biết giữ lời hứa.",
        general_competence_comment="Chủ động, phối hợp trong học tập.",
        specific_competence_comment="Sử dụng ngôn ngữ lưu loát.",
    )


def _summary(grade: int, seed: int) -> YearSummary:
    result = YearResult.EXCELLENT if seed % 4 < 2 else YearResult.WELL_COMPLETED
    promotion = decide_promotion(grade, result, None)
    return YearSummary(
        year_result=result,
        promoted=promotion.promoted,
        grade_completed=promotion.grade_completed,
        primary_completed=promotion.primary_completed,
        completion_text=promotion.text,
        homeroom_comment="Đọc lưu loát, rõ ràng; tính toán nhanh.",
        award_text=propose_award(result),
    )
