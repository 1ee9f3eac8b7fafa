"""The face of a PDF against a fresh rendering of the data that were signed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hocba.errors import HocBaError, Malformed
from hocba.record.model import AnnualRecord
from hocba.rendition.comparison import FaceOutcome, render_inputs, same_face
from hocba.rendition.seal import seal_pdf

SEALED_AT = datetime.fromisoformat("2026-05-29T15:05:00+07:00")
Render = Callable[..., bytes]


def saved(pdf: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as file:
        change(file)
        file.save(out)
    return out.getvalue()


@pytest.mark.parametrize("algorithm", ["RSA_PKCS1_SHA256", "RSA_PSS_SHA256", "ECDSA_P256_SHA256"])
def test_a_genuine_seal_leaves_the_face_identical(
    rendered: bytes, keys: Mapping[str, Any], algorithm: str
) -> None:
    pdf = seal_pdf(rendered, keys[algorithm], SEALED_AT, None)
    assert same_face(pdf, rendered).outcome is FaceOutcome.IDENTICAL
    assert same_face(rendered, rendered).outcome is FaceOutcome.IDENTICAL


def test_a_pdf_can_be_rendered_again_from_itself(
    render: Render, record: AnnualRecord, rendered: bytes, sealed: bytes
) -> None:
    inputs = render_inputs(sealed)
    again = render(
        record,
        document=inputs.document,
        evidence=inputs.evidence,
        verify_url=inputs.verify_url,
        timestamp=inputs.timestamp,
    )
    assert again == rendered


def test_another_score_on_the_face_is_told(
    render: Render, record: AnnualRecord, rendered: bytes, keys: Mapping[str, Any]
) -> None:
    better = replace(record.subjects[5], test_score=10)
    subjects = (*record.subjects[:5], better, *record.subjects[6:])
    forged = render(replace(record, subjects=subjects))
    found = same_face(seal_pdf(forged, keys["ECDSA_P256_SHA256"], SEALED_AT, None), rendered)
    assert found.outcome is FaceOutcome.DIFFERENT
    assert (found.page, found.shown, found.signed) == (3, "10", "6")
    assert "Trang 3 hiện “10”, còn dữ liệu đã ký cho “6”." in found.sentence.vi


def test_a_missing_page_is_told(rendered: bytes) -> None:
    def remove(file: pikepdf.Pdf) -> None:
        del file.pages[3]

    found = same_face(saved(rendered, remove), rendered)
    assert (found.outcome, found.page, found.shown) == (FaceOutcome.DIFFERENT, 4, "")


def test_a_drawing_over_the_face_is_never_called_identical(rendered: bytes) -> None:
    def paint(file: pikepdf.Pdf) -> None:
        file.pages[2].contents_add(b"0 0 0 rg 300 500 40 40 re f")

    assert same_face(saved(rendered, paint), rendered).outcome is FaceOutcome.SAME_TEXT


def test_a_sealed_update_that_also_changes_a_page_is_never_called_identical(
    rendered: bytes, keys: Mapping[str, Any]
) -> None:
    """The forger appends a revision that repaints a page, and seals after it."""
    with pikepdf.open(BytesIO(rendered)) as file:
        page = file.pages[2].obj
        number = page.objgen[0]
        changed = page.unparse(resolved=True).replace(b"[ 0 0 595", b"[ 0 99 595")
        root, size = file.Root.objgen[0], len(list(file.objects)) + 50
    previous = rendered[rendered.rindex(b"startxref") :].split()[1]
    body = b"%d 0 obj\n%s\nendobj\n" % (number, changed)
    section = b"xref\n%d 1\n%010d 00000 n \n" % (number, len(rendered))
    trailer = b"trailer\n<</Size %d/Root %d 0 R/Prev %s>>\n" % (size, root, previous)
    place = len(rendered) + len(body)
    update = body + section + trailer + b"startxref\n%d\n%%%%EOF\n" % place
    pdf = seal_pdf(rendered + update, keys["ECDSA_P256_SHA256"], SEALED_AT, None)
    assert pdf.startswith(rendered)
    assert b"[ 0 99 595" in changed
    assert same_face(pdf, rendered).outcome is not FaceOutcome.IDENTICAL


def test_a_bomb_in_an_attachment_is_refused(rendered: bytes) -> None:
    def attach(file: pikepdf.Pdf) -> None:
        file.attachments["hoc-ba.xml"] = bytes(60_000_000)

    bomb = saved(rendered, attach)
    assert len(bomb) < 1_000_000
    with pytest.raises(Malformed):
        render_inputs(bomb)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_any_damage_gives_an_outcome_or_one_of_our_errors(
    sealed: bytes, rendered: bytes, data: st.DataObject
) -> None:
    pdf = bytearray(sealed)
    for _ in range(data.draw(st.integers(1, 8))):
        pdf[data.draw(st.integers(0, len(pdf) - 1))] = data.draw(st.integers(0, 255))
    try:
        render_inputs(bytes(pdf))
        same_face(bytes(pdf), rendered)
    except HocBaError:
        return


def test_a_pdf_without_the_record_is_refused(rendered: bytes) -> None:
    def detach(file: pikepdf.Pdf) -> None:
        del file.attachments["hoc-ba.xml"]

    with pytest.raises(Malformed) as refusal:
        render_inputs(saved(rendered, detach))
    assert refusal.value.code == "pdf_no_record"
