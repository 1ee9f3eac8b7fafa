"""No published attack is ever valid, each is refused in words, and the genuine file is valid.

docs/security/attacks.md shows the table; a test says when it is not that of the variants here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from family import (
    GENUINE_PDF,
    GENUINE_XML,
    PDF_FAMILIES,
    VECTORS,
    XML_FAMILIES,
    Attack,
    Family,
)
from insider_attacks import Insider, insider_pdf_attacks
from pdf_attacks import outsider_pdf_attacks
from workshop import VERIFIED
from xml_text_attacks import all_xml_attacks

from hocba.cli.files import evidence_beside, read_trust
from hocba.verify.document import Circumstances, verify_document
from hocba.verify.report import Report
from hocba.verify.verdict import Outcome, Verdict

MANIFEST = json.loads((VECTORS / "manifest.json").read_text("utf-8"))
TABLE = Path(__file__).resolve().parents[4] / "docs" / "security" / "attacks.md"
OF_BYTES = {"log", "pdf_seal"}
"""Checks that notice any other byte, whatever it says."""


@pytest.fixture(scope="module")
def outside() -> Circumstances:
    """The verifier of the vectors, with the evidence of the genuine file at hand."""
    return Circumstances(
        store=read_trust([VECTORS / "trust"]),
        at=datetime.fromisoformat(MANIFEST["at"]),
        evidence=evidence_beside(VECTORS / "files" / "valid.xml"),
    )


@pytest.fixture(scope="module")
def school() -> Insider:
    return Insider()


def judged(attack: Attack, circumstances: Circumstances) -> Report:
    report = verify_document(attack.content, name=attack.name, circumstances=circumstances)
    assert report.verdict is not Verdict.VALID, f"{attack}\n{report.to_text()}"
    assert report.because.vi, attack
    assert report.because.en, attack
    assert report.advice is not None, attack
    return report


def test_the_genuine_files_are_valid(outside: Circumstances, school: Insider) -> None:
    for content in (GENUINE_XML, GENUINE_PDF):
        report = verify_document(content, name="thật", circumstances=outside)
        assert report.verdict is Verdict.VALID, report.to_text()
    inside = Circumstances(store=school.shop.store, at=VERIFIED)
    report = verify_document(school.seal(school.render()), name="thật", circumstances=inside)
    assert report.verdict is Verdict.VALID, report.to_text()


def test_no_attack_on_the_xml_is_valid(outside: Circumstances) -> None:
    for attack in all_xml_attacks():
        if attack.content == GENUINE_XML:
            pytest.fail(f"{attack} changes nothing")
        report = judged(attack, outside)
        assert report.verdict is Verdict.INVALID, f"{attack}\n{report.to_text()}"
        failed = {each.code for each in report.checks if each.outcome is Outcome.FAILED}
        # What says something else must not pass even where the public log cannot be asked.
        assert attack.neutral or failed - OF_BYTES, f"{attack}\n{report.to_text()}"


def test_no_attack_on_a_sealed_pdf_is_valid(outside: Circumstances) -> None:
    own = Circumstances(store=outside.store, at=outside.at)
    for attack in outsider_pdf_attacks():
        if attack.content == GENUINE_PDF:
            pytest.fail(f"{attack} changes nothing")
        report = judged(attack, own)
        assert report.verdict is Verdict.INVALID, f"{attack}\n{report.to_text()}"


def test_no_shadow_and_no_lying_face_is_valid(school: Insider) -> None:
    inside = Circumstances(store=school.shop.store, at=VERIFIED)
    for attack in insider_pdf_attacks(school):
        judged(attack, inside)


def table(attacks: Sequence[Attack]) -> str:
    """The table of the families with their numbers, as the document shows it."""
    counts = Counter(each.family for each in attacks)
    lines = [
        "| họ tấn công · family | nguồn · source | làm gì · what it does | biến thể · variants "
        "| có giá trị · valid |"
    ]
    lines.append("|---|---|---|--:|--:|")
    families: tuple[Family, ...] = (*PDF_FAMILIES, *XML_FAMILIES)
    assert set(counts) == {each.name for each in families}
    for each in families:
        kind = "PDF" if each in PDF_FAMILIES else "XML"
        lines.append(
            f"| {kind}: {each.name} | {each.source} | {each.vi} | {counts[each.name]} | 0 |"
        )
    return "\n".join(lines)


def test_the_document_shows_this_table(school: Insider) -> None:
    attacks = [*outsider_pdf_attacks(), *insider_pdf_attacks(school), *all_xml_attacks()]
    expected = table(attacks)
    assert expected in TABLE.read_text("utf-8"), f"docs/security/attacks.md needs:\n{expected}"
