"""Does the PDF show what its signed XML says? Render the XML again and compare."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cryptography import x509

from hocba.errors import HocBaError, NotTrusted
from hocba.record.codec import read_any
from hocba.record.model import SignerRole
from hocba.rendition.comparison import (
    FaceComparison,
    FaceOutcome,
    RenderInputs,
    render_inputs,
    same_face,
)
from hocba.rendition.differences import FaceDifference, face_differences
from hocba.rendition.form import SignatureLine, render_pdf
from hocba.rendition.print_code import open_code, read_code
from hocba.signature.cose import key_id_of
from hocba.signature.xml_verify import verify_signatures
from hocba.trust.identity import issuer_name, signer_name
from hocba.verify import catalogue
from hocba.verify.verdict import Check


def signature_lines(document: bytes) -> list[SignatureLine]:
    """What the face says about each signature, taken from the signed XML alone.

    Raises `Malformed` or `NotTrusted` as `verify_signatures`.
    """
    return [
        SignatureLine(
            fact.slot,
            signer_name(fact.certificate),
            issuer_name(fact.certificate),
            fact.signing_time,
        )
        for fact in verify_signatures(document)
    ]


def check_face(pdf: bytes, *, fonts: Path | None, seal: x509.Certificate | None = None) -> Check:
    """Compare the face with a fresh rendering, with the fonts given and with those built in.

    `seal` is the certificate of the PDF's seal. The codes on the pages, if any, must be signed
    with it or with the certificate of the record's own seal.
    """
    try:
        _check_codes(render_inputs(pdf), seal)
        found = _compare(pdf, fonts)
        if found.outcome is FaceOutcome.SAME_TEXT and fonts is not None:
            found = _compare(pdf, None)
    except HocBaError as fault:
        return catalogue.PDF_FACE.failed(fault.code, fault.sentence.vi, fault.sentence.en)
    sentence = found.sentence
    if found.outcome is FaceOutcome.IDENTICAL:
        return catalogue.PDF_FACE.passed(sentence.vi, sentence.en)
    if found.outcome is FaceOutcome.DIFFERENT:
        return catalogue.PDF_FACE.failed("face_differs", sentence.vi, sentence.en)
    return catalogue.PDF_FACE.not_checked("face_not_compared", sentence.vi, sentence.en)


def _check_codes(inputs: RenderInputs, seal: x509.Certificate | None) -> None:
    """What the codes say is compared by rendering; here only who signed them.

    A PDF without a seal is nobody's paper yet (another check says so), and its codes may be those
    of the department. Raises `NotTrusted` (`print_code_signer`, or what `open_code` raises) and
    `Malformed`.
    """
    if not inputs.codes or seal is None:
        return
    schools = [
        fact.certificate
        for fact in verify_signatures(inputs.document)
        if fact.slot.role is SignerRole.ORGANISATION
    ]
    _check_signers(inputs.codes, [*schools, seal])


def _check_signers(codes: Sequence[str], certificates: Sequence[x509.Certificate]) -> None:
    known = {key_id_of(each): each for each in certificates}
    for text in codes:
        code = read_code(text)
        certificate = known.get(code.key_id)
        if certificate is None:
            raise NotTrusted(
                "print_code_signer",
                "Mã xác thực trên bản thể hiện không do con dấu số của trường này ký.",
                "The codes on the face were not signed with the seal of this school.",
            )
        open_code(code, certificate.public_key())


def differences_of(pdf: bytes, *, fonts: Path | None) -> tuple[FaceDifference, ...]:
    """Every place where the face shows something else than the signed data; none if unreadable."""
    try:
        return face_differences(pdf, _rendered(render_inputs(pdf), fonts))
    except HocBaError:
        return ()


def _compare(pdf: bytes, fonts: Path | None) -> FaceComparison:
    return same_face(pdf, _rendered(render_inputs(pdf), fonts))


def _rendered(inputs: RenderInputs, fonts: Path | None) -> bytes:
    record = read_any(inputs.document).record
    if record.record_uuid not in inputs.verify_url:
        raise NotTrusted(
            "another_record",
            "Các trang của tệp PDF là của một học bạ khác với dữ liệu đã ký đính kèm.",
            "The pages of the PDF belong to another record than the signed data inside.",
        )
    return render_pdf(
        record,
        inputs.document,
        fonts=fonts,
        signatures=signature_lines(inputs.document),
        verify_url=inputs.verify_url,
        timestamp=inputs.timestamp,
        evidence=inputs.evidence,
        codes=inputs.codes,
    )
