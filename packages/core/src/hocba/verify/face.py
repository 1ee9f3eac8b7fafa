"""Does the PDF show what its signed XML says? Render the XML again and compare."""

from __future__ import annotations

from pathlib import Path

from hocba.errors import HocBaError
from hocba.record.codec import read_any
from hocba.rendition.comparison import FaceComparison, FaceOutcome, render_inputs, same_face
from hocba.rendition.form import SignatureLine, render_pdf
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


def check_face(pdf: bytes, *, fonts: Path | None) -> Check:
    """Compare the face with a fresh rendering, with the fonts given and with those built in."""
    try:
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


def _compare(pdf: bytes, fonts: Path | None) -> FaceComparison:
    inputs = render_inputs(pdf)
    rendered = render_pdf(
        read_any(inputs.document).record,
        inputs.document,
        fonts=fonts,
        signatures=signature_lines(inputs.document),
        verify_url=inputs.verify_url,
        timestamp=inputs.timestamp,
        evidence=inputs.evidence,
    )
    return same_face(pdf, rendered)
