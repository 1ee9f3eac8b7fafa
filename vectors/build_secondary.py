"""Make the vectors of secondary school anew: `.venv/bin/python vectors/build_secondary.py`.

One valid record for each level and profile, its PDF, and records that fail exactly one check for
what is new at these levels: marks, subject teachers, levels. Everything else is among the primary
vectors. They have a world of their own, so that neither set is made anew with the other.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from build import Edit, block
from build import replace as text_replaced
from workshop import MADE, VERIFIED, Workshop, public_pem

from hocba.ids import SubjectCode
from hocba.record.model import FormatProfile, SignerRole, SlotId
from hocba.record.secondary.model import SecondaryRecord
from hocba.record.secondary.sample import SCHOOLS, sample_people, sample_secondary, teacher_of
from hocba_certworld.cast import SIGNED

HERE = Path(__file__).resolve().parent / "secondary"
V1 = FormatProfile.V1_2024
LEVELS = {"thcs": 8, "thpt": 11}
"""Name of the level in the files -> grade of its sample."""
MATHS = SubjectCode("15")


class LevelBuilder:
    """Writes the vectors of one level and remembers what each must say."""

    def __init__(self, name: str, grade: int, manifest: list[dict[str, Any]]) -> None:
        self.name = name
        self.grade = grade
        self.manifest = manifest
        self.record: SecondaryRecord = sample_secondary(grade)
        code, school = SCHOOLS[self.record.level]
        self.shop = Workshop.open(code, people=sample_people(grade), school_name=f"Trường {school}")
        self.good = self.shop.cast.sign(self.record)
        self.evidence = self.shop.evidence(self.good)

    def keep(
        self,
        name: str,
        content: bytes,
        evidence: bytes | None,
        check: str | None,
        reason: str | None,
        verdict: str = "invalid",
    ) -> None:
        """Write one vector; the evidence of a PDF is inside it."""
        file = HERE / "files" / f"{self.name}-{name}"
        file.write_bytes(content)
        if evidence is not None:
            file.with_name(f"{file.stem}.evidence.zip").write_bytes(evidence)
        self.manifest.append(
            {"file": file.name, "verdict": verdict, "check": check, "reason": reason}
        )

    def xml(self, name: str, document: bytes, check: str, reason: str) -> None:
        """A document that the department accepted as it is, with the evidence of its signers."""
        evidence = self.shop.evidence(document) if check != "structure" else self.evidence
        self.keep(f"{name}.xml", document, self.shop.container(document, evidence), check, reason)

    def edited(self, name: str, edit: Edit, check: str, reason: str) -> None:
        """The good document with its bytes changed."""
        document = edit(self.good)
        container = self.shop.container(document, self.evidence)
        self.keep(f"{name}.xml", document, container, check, reason)

    def build(self) -> None:
        """Make all vectors of the level."""
        container = self.shop.container(self.good, self.evidence)
        self.keep("valid.xml", self.good, container, None, None, "valid")
        older = self.shop.cast.sign(sample_secondary(self.grade, V1))
        self.keep(
            "valid-v1.xml",
            older,
            self.shop.container(older, self.shop.evidence(older)),
            None,
            None,
            "valid",
        )
        self._data()
        self._people()
        self._pdf(container)

    def _data(self) -> None:
        year = next(each.year for each in self.record.subjects if each.code == MATHS)
        self.edited(
            "edited-average",
            text_replaced(f"<DIEM_CA_NAM>{year}<", "<DIEM_CA_NAM>9.9<"),
            "integrity",
            "digest_mismatch",
        )
        self.edited(
            "edited-conduct",
            text_replaced("REN_LUYEN_CA_NAM>T<", "REN_LUYEN_CA_NAM>K<"),
            "integrity",
            "digest_mismatch",
        )
        for name, old, new, reason in (
            (
                "wrong-level",
                f"CAP_HOC>{self.record.school_level_code}<",
                "CAP_HOC>02<",
                "field_catalogue",
            ),
            ("whole-mark", f"<DIEM_CA_NAM>{year}<", "<DIEM_CA_NAM>9<", "field_type"),
            ("foreign-subject", "<MA_MON_HOC>15<", "<MA_MON_HOC>02<", "field_catalogue"),
            ("subject-twice", "<MA_MON_HOC>15<", "<MA_MON_HOC>19<", "subject_repeated"),
        ):
            self.edited(name, text_replaced(old, new), "structure", reason)

    def _people(self) -> None:
        cast, slot = self.shop.cast, SlotId(SignerRole.SUBJECT_TEACHER, MATHS)
        self.xml(
            "missing-teacher", cast.sign(self.record, skip=[slot]), "signatures", "missing_role"
        )
        maths, language = teacher_of("15", self.grade), teacher_of("69", self.grade)
        slots = [
            block(self.good[self.good.index(mark) :], "GVBM")
            for mark in (b'<GVBM Id="ky-gvbm-15', b'<GVBM Id="ky-gvbm-69')
        ]
        inner = [each[each.index(b">") + 1 :] for each in slots]
        moved = self.good.replace(inner[0], b"<!>").replace(inner[1], inner[0])
        self.edited(
            "moved-teacher-signature",
            lambda _good: moved.replace(b"<!>", inner[1]),
            "integrity",
            "wrong_reference",
        )
        swapped = tuple(
            replace(each, teacher=language) if each.code == MATHS else each
            for each in self.record.subjects
        )
        other = cast.sign(replace(self.record, subjects=swapped))
        self.xml("another-teacher", other, "signers", "wrong_signer")
        expired = self.shop.world.issue_person(
            maths.full_name,
            maths.personal_id,
            validity=(SIGNED - timedelta(days=20), SIGNED - timedelta(days=1)),
        )
        revoked = self.shop.world.issue_person(maths.full_name, maths.personal_id)
        self.shop.world.revoke(revoked.certificate, MADE)
        for name, key, check, reason in (
            ("expired-teacher", expired, "certificates", "expired"),
            ("revoked-teacher", revoked, "revocation", "revoked"),
        ):
            people = {**cast.people, str(maths.personal_id): key}
            self.xml(name, replace(cast, people=people).sign(self.record), check, reason)

    def _pdf(self, container: bytes) -> None:
        genuine = self.shop.pdf(self.good, container, shown=self.record)
        self.keep("valid.pdf", genuine, None, None, None, "valid")
        better = tuple(
            replace(each, year=Decimal("10.0")) if each.code == MATHS else each
            for each in self.record.subjects
        )
        dressed = replace(self.record, subjects=better)
        shown = self.shop.pdf(self.good, container, shown=dressed)
        self.keep("face-differs.pdf", shown, None, "pdf_face", "face_differs")


def main() -> None:
    """Write files, trust and manifest."""
    shutil.rmtree(HERE, ignore_errors=True)
    for folder in ("files", "trust"):
        (HERE / folder).mkdir(parents=True)
    manifest: list[dict[str, Any]] = []
    for name, grade in LEVELS.items():
        builder = LevelBuilder(name, grade, manifest)
        builder.build()
        shop = builder.shop
        (HERE / "trust" / f"root-{name}.pem").write_bytes(shop.world.roots_pem())
        (HERE / "trust" / f"log-{name}.pem").write_bytes(public_pem(shop.log_key))
    content = {"at": VERIFIED.isoformat(), "vectors": manifest}
    (HERE / "manifest.json").write_text(
        json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
