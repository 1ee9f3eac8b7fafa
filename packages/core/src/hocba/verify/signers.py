"""Are all required signatures there, and are they those of the people whom the record names?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hocba.errors import Sentence
from hocba.ids import PersonalId
from hocba.record.codec import AnyRead, AnyRecord
from hocba.record.model import SignerRole, SlotId
from hocba.record.slots import required_slots
from hocba.rendition.seal import PdfSealFact
from hocba.signature.xml_verify import SignatureFact
from hocba.trust.identity import issuer_name, signer_name, signer_personal_id, signer_unit
from hocba.verify import catalogue
from hocba.verify.policy import Policy
from hocba.verify.report import RecordSummary, Signer
from hocba.verify.verdict import Check

ROLE_NAMES = {
    SignerRole.SUBJECT_TEACHER: Sentence("Giáo viên bộ môn", "Subject teacher"),
    SignerRole.HOMEROOM_TEACHER: Sentence("Giáo viên chủ nhiệm", "Homeroom teacher"),
    SignerRole.SCHOOL_LEADER: Sentence("Cán bộ quản lý", "School leader"),
    SignerRole.ORGANISATION: Sentence("Cơ sở giáo dục", "School"),
}
Facts = tuple[SignatureFact, ...]


def check_complete(read: AnyRead, facts: Facts, policy: Policy) -> Check:
    """Compare the filled slots with those that the record needs (QĐ 1789 Đ20.5)."""
    needed = required_slots(
        read.record, homeroom_covers_own_subjects=policy.homeroom_covers_own_subjects
    )
    filled = {fact.slot for fact in facts}
    missing = [slot for slot in needed if slot not in filled]
    if missing:
        vi = ", ".join(_slot_title(slot, read.record).vi for slot in missing)
        en = ", ".join(_slot_title(slot, read.record).en for slot in missing)
        return catalogue.COMPLETE.failed(
            "missing_role",
            f"Thiếu chữ ký của: {vi}.",
            f"Signatures are missing: {en}.",
            where=missing[0].role.value,
        )
    return catalogue.COMPLETE.passed(
        f"Có đủ {len(facts)} chữ ký theo quy định.", f"All {len(facts)} signatures are there."
    )


def check_identities(read: AnyRead, facts: Facts, seal: PdfSealFact | None) -> Check:
    """Compare every certificate's holder with the person or school in the signed data."""
    unnamed: Sentence | None = None
    for fact in facts:
        title = _slot_title(fact.slot, read.record)
        if fact.slot.role is SignerRole.ORGANISATION:
            problem = _foreign_seal(signer_unit(fact.certificate), read.record)
        else:
            problem = _wrong_person(fact, read.record, title)
        if problem is not None:
            return problem
        if _holder(fact) is None:
            unnamed = title
    if seal is not None:
        problem = _wrong_pdf_seal(seal, facts, read.record)
        if problem is not None:
            return problem
    if unnamed is not None:
        return catalogue.SIGNERS.not_checked(
            "holder_unknown",
            f"Chứng thư số của {unnamed.vi} không ghi số định danh nên chưa đối chiếu được.",
            f"The certificate of the {unnamed.en} names no number to compare.",
        )
    return catalogue.SIGNERS.passed(
        "Mỗi chứng thư số đúng là của người và của trường ghi trong học bạ.",
        "Each certificate belongs to the person and school that the record names.",
    )


def _holder(fact: SignatureFact) -> str | None:
    if fact.slot.role is SignerRole.ORGANISATION:
        return signer_unit(fact.certificate)
    return signer_personal_id(fact.certificate)


def _foreign_seal(unit: str | None, record: AnyRecord) -> Check | None:
    if unit is None or unit == record.school.school_code:
        return None
    return catalogue.SIGNERS.failed(
        "foreign_seal",
        f"Con dấu số là của đơn vị {unit}, không phải của trường {record.school.school_name} "
        f"({record.school.school_code}).",
        f"The seal is of unit {unit}, not of the school {record.school.school_code}.",
        where=SignerRole.ORGANISATION.value,
    )


def _wrong_pdf_seal(seal: PdfSealFact, facts: Facts, record: AnyRecord) -> Check | None:
    """The PDF is sealed by the school: a teacher's own certificate leads to the same roots."""
    own = [each.certificate for each in facts if each.slot.role is SignerRole.ORGANISATION]
    unit = signer_unit(seal.certificate)
    if unit is not None or seal.certificate in own:
        return _foreign_seal(unit, record)
    if signer_personal_id(seal.certificate) is not None:
        return catalogue.SIGNERS.failed(
            "foreign_seal",
            f"Tệp PDF được ký bằng chứng thư số cá nhân của {signer_name(seal.certificate)}, "
            "không phải con dấu số của trường.",
            f"The PDF is sealed with the personal certificate of {signer_name(seal.certificate)}, "
            "not with the school's seal.",
            where=SignerRole.ORGANISATION.value,
        )
    return catalogue.SIGNERS.not_checked(
        "holder_unknown",
        "Chứng thư số của con dấu trên tệp PDF không ghi mã trường nên chưa đối chiếu được.",
        "The certificate of the PDF's seal names no school to compare.",
    )


def _wrong_person(fact: SignatureFact, record: AnyRecord, title: Sentence) -> Check | None:
    named = _named_person(fact.slot, record)
    holder = signer_personal_id(fact.certificate)
    if named is None or fact.personal_id_tag != named:
        return catalogue.SIGNERS.failed(
            "wrong_signer",
            f"Chữ ký của {title.vi} không phải của người được ghi tên trong học bạ.",
            f"The signature of the {title.en} is not of the person whom the record names.",
            where=fact.slot.role.value,
        )
    if holder is not None and holder != named:
        return catalogue.SIGNERS.failed(
            "certificate_owner",
            f"Chứng thư số của {title.vi} là của người khác.",
            f"The certificate of the {title.en} belongs to somebody else.",
            where=fact.slot.role.value,
        )
    return None


def _named_person(slot: SlotId, record: AnyRecord) -> PersonalId | None:
    if slot.role is SignerRole.HOMEROOM_TEACHER:
        return record.terms.homeroom_teacher.personal_id
    if slot.role is SignerRole.SCHOOL_LEADER:
        return record.terms.signing_leader.personal_id
    for subject in record.subjects:
        if subject.code == slot.subject and subject.teacher is not None:
            return subject.teacher.personal_id
    return None


def _slot_title(slot: SlotId, record: AnyRecord) -> Sentence:
    name = ROLE_NAMES[slot.role]
    subject = _subject_name(slot, record)
    vi, en = name.vi[:1].lower() + name.vi[1:], name.en[:1].lower() + name.en[1:]
    return Sentence(f"{vi} {subject}", f"{en} of {subject}") if subject else Sentence(vi, en)


def _subject_name(slot: SlotId, record: AnyRecord) -> str | None:
    return next((each.name for each in record.subjects if each.code == slot.subject), None)


def signer_lines(read: AnyRead, facts: Facts) -> tuple[Signer, ...]:
    """Who signed when, for the report; times as claimed."""
    return tuple(_lines(read.record, facts))


def _lines(record: AnyRecord, facts: Iterable[SignatureFact]) -> Iterator[Signer]:
    for fact in facts:
        yield Signer(
            role=fact.slot.role.value,
            role_name=ROLE_NAMES[fact.slot.role],
            name=signer_name(fact.certificate),
            issuer=issuer_name(fact.certificate),
            signed_at=fact.signing_time,
            valid_from=fact.certificate.not_valid_before_utc,
            valid_until=fact.certificate.not_valid_after_utc,
            subject=_subject_name(fact.slot, record),
        )


def summary(read: AnyRead) -> RecordSummary:
    """Which record it is."""
    record = read.record
    return RecordSummary(
        record_uuid=record.record_uuid,
        full_name=record.pupil.full_name,
        school_name=record.school.school_name,
        school_year=record.school_year,
        classroom_name=record.classroom_name,
        year_result=record.summary.words,
        issued_on=record.terms.issued_on,
    )
