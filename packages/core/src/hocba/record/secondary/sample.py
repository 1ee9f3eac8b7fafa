"""Complete invented records of grades 6 to 12 for tests, vectors and measurements.

The same for the same seed; every personal number starts with 000, a place code that is not
allocated. The people of the school are those of the primary sample and a teacher per subject.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Final

from hocba.assessment.school_levels import SchoolLevel
from hocba.assessment.secondary.catalogue import (
    SecondarySubject,
    Standing,
    secondary_level,
    subjects_of_grade,
)
from hocba.assessment.secondary.levels import CommentLevel, Mark, Result
from hocba.assessment.secondary.marks import year_mark
from hocba.assessment.secondary.year import YearInputs, decide_year
from hocba.ids import (
    PersonalId,
    PupilCode,
    SchoolYear,
    SubjectCode,
    UnitCode,
    record_uuid_from_bytes,
)
from hocba.record.model import (
    FormatProfile,
    IssueTerms,
    IssuingSchool,
    Person,
    PupilData,
    StudyYear,
)
from hocba.record.sample import HOMEROOM, LEADER
from hocba.record.secondary.model import (
    Certificate,
    SecondaryRecord,
    SecondarySubjectResult,
    SecondarySummary,
)
from hocba.record.values import VIETNAM

SCHOOLS: Final = {
    SchoolLevel.LOWER_SECONDARY: (UnitCode("00000501"), "Trung học cơ sở Mẫu"),
    SchoolLevel.UPPER_SECONDARY: (UnitCode("00000601"), "Trung học phổ thông Mẫu"),
}
HOMEROOM_SUBJECT: Final = SubjectCode("19")
"""The homeroom teacher of the sample teaches Ngữ văn."""
CHOSEN: Final = frozenset({"35", "36", "37", "38"})
"""Choice subjects of the sample: Vật lí, Hóa học, Sinh học, Tin học."""
TOPICS: Final = frozenset({"15", "35", "36"})
LANGUAGE: Final = {"69": "Ngoại ngữ 1 (Tiếng Anh)"}
_SECTIONS: Final = 3
_COMMENTS: Final = (
    "Nắm vững kiến thức, vận dụng tốt vào bài tập; cần mạnh dạn phát biểu hơn.",
    "Tích cực, chủ động; biết hợp tác với bạn trong hoạt động nhóm.",
    "Tiến bộ rõ ở học kì II; cần luyện thêm kĩ năng trình bày.",
)


def sample_subjects(grade: int) -> tuple[SecondarySubject, ...]:
    """The subjects that the pupils of the sample take in a grade."""
    return tuple(
        each
        for each in subjects_of_grade(grade)
        if each.standing is Standing.COMPULSORY or each.code in CHOSEN
    )


def teacher_of(code: str, grade: int) -> Person:
    """The teacher of a subject in the sample."""
    if code == HOMEROOM_SUBJECT:
        return HOMEROOM
    codes = [each.code for each in subjects_of_grade(grade)]
    number = codes.index(SubjectCode(code)) + (20 if secondary_level(grade).value == "03" else 50)
    return Person(f"Giáo Viên Mẫu {number}", PersonalId(f"0001900001{number:02d}"))


def sample_people(grade: int) -> tuple[Person, ...]:
    """Everybody whom the sample of a grade names, each once."""
    teachers = [teacher_of(each.code, grade) for each in sample_subjects(grade)]
    return tuple(dict.fromkeys((HOMEROOM, LEADER, *teachers)))


def sample_secondary(
    grade: int = 8, profile: FormatProfile = FormatProfile.V2_2025, *, seed: int = 0
) -> SecondaryRecord:
    """Make the record of pupil number `seed` of one invented class, year 2025-2026."""
    level = secondary_level(grade)
    code, name = SCHOOLS[level]
    first = level.grades[0]
    subjects = _subjects(grade, seed)
    return SecondaryRecord(
        profile=profile,
        record_uuid=record_uuid_from_bytes(
            hashlib.sha256(f"secondary/{grade}/{seed}".encode()).digest()[:16]
        ),
        school_year=SchoolYear("2025-2026"),
        school=IssuingSchool(
            department_code="79",
            department_name="Sở Giáo dục và Đào tạo Thành phố Hồ Chí Minh",
            school_code=code,
            school_name=name,
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
                SchoolYear(f"{2025 - grade + each}-{2026 - grade + each}"),
                f"{each}A1",
                name,
                datetime(2025 - grade + each, 9, 5, tzinfo=VIETNAM),
            )
            for each in range(first, grade + 1)
        ),
        subjects=subjects,
        summary=_summary(grade, seed, subjects),
        certificates=_certificates(grade, seed),
    )


def _pupil(grade: int, seed: int) -> PupilData:
    birth = 2019 - grade + 1
    return PupilData(
        full_name=f"Trần Văn Mẫu {seed}" if seed else "Trần Văn Mẫu",
        personal_id=PersonalId(f"000{birth % 100 + 200:03d}{seed:06d}"),
        pupil_code=PupilCode(f"79{grade:02d}{seed:06d}"),
        register_number=f"{seed + 1}/{2026 - grade}",
        gender="Nam",
        birth_date=f"03/09/{birth}",
        birth_place="Bệnh viện Mẫu, Thành phố Hồ Chí Minh",
        home_town="Phường Mẫu, Thành phố Hồ Chí Minh",
        current_address="2 Đường Mẫu, Phường Sài Gòn, Thành phố Hồ Chí Minh",
        ethnic_group="Kinh",
        nationality="Việt Nam",
        mother_name="Lê Thị Mẫu",
        father_name="Trần Văn Mẫu Cha",
        weight_kg=Decimal("47.5"),
        height_cm=Decimal("158"),
        excused_absences=seed % 4,
        unexcused_absences=seed % 2,
        father_occupation="Công nhân",
        mother_occupation="Kế toán",
    )


def _subjects(grade: int, seed: int) -> tuple[SecondarySubjectResult, ...]:
    found = []
    upper = secondary_level(grade) is SchoolLevel.UPPER_SECONDARY
    for place, each in enumerate(sample_subjects(grade)):
        one: Mark = CommentLevel.PASSED
        two: Mark = CommentLevel.PASSED
        if each.scored:
            one = Decimal(84 + (place * 3 + seed) % 9 - 6 * (seed % _SECTIONS)) / 10
            two = Decimal(88 + (place * 5 + seed) % 9 - 6 * (seed % _SECTIONS)) / 10
        found.append(
            SecondarySubjectResult(
                code=each.code,
                name=LANGUAGE.get(str(each.code), each.name),
                term_1=one,
                term_2=two,
                year=year_mark(one, two),
                topics=True if upper and each.code in TOPICS else None,
                comment=_COMMENTS[(place + seed) % len(_COMMENTS)],
                teacher=teacher_of(each.code, grade),
            )
        )
    return tuple(found)


def _summary(
    grade: int, seed: int, subjects: tuple[SecondarySubjectResult, ...]
) -> SecondarySummary:
    absences = seed % 4 + seed % 2
    conduct_1, conduct_2 = Result.GOOD, Result.FAIR if seed % 5 == 4 else Result.GOOD
    inputs = YearInputs(
        {each.code: each.term_1 for each in subjects if each.term_1 is not None},
        {each.code: each.term_2 for each in subjects if each.term_2 is not None},
        conduct_1,
        conduct_2,
        absences,
    )
    year = decide_year(grade, 2025, inputs)
    return SecondarySummary(
        study_term_1=year.study_1.result,
        study_term_2=year.study_2.result,
        study_year=year.study.result,
        conduct_term_1=conduct_1,
        conduct_term_2=conduct_2,
        conduct_year=year.conduct,
        promoted=year.promotion.promoted,
        promotion_text=year.promotion.promotion_text,
        level_completed=year.promotion.level_completed,
        homeroom_comment="Chăm ngoan, có ý thức kỉ luật; học đều các môn và tiến bộ trong năm.",
        absences=absences or None,
        completion_text=year.promotion.completion_text,
        contest_text="Giải Nhì cuộc thi Khoa học kĩ thuật cấp trường" if seed % 3 == 0 else None,
        award_text=None if year.award is None else f"Đạt danh hiệu {year.award}",
    )


def _certificates(grade: int, seed: int) -> tuple[Certificate, ...]:
    if grade not in {9, 12} or seed % 2:
        return ()
    return (Certificate("Chứng chỉ nghề phổ thông", "Tin học văn phòng, loại Giỏi"),)
