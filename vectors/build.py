"""Make every vector anew: `.venv/bin/python vectors/build.py`.

Each vector is a record (XML or PDF) with its evidence, accepted by the department as it is, so that
it fails for its own reason only. `manifest.json` says which check and which reason.
"""

from __future__ import annotations

import base64
import dataclasses
import io
import json
import re
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pikepdf
from aged import aged_vectors, later_worlds
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from workshop import MADE, VERIFIED, Workshop, public_pem

from hocba.ids import SubjectCode
from hocba.record.model import SignerRole, SlotId
from hocba.record.sample import HOMEROOM, SCHOOL_CODE, SPECIALISTS, sample_record
from hocba.tlog.entry import EntryKind
from hocba.trust.evidence import write_container
from hocba_certworld.cast import SIGNED
from hocba_certworld.softkey import SoftKey

HERE = Path(__file__).resolve().parent
MUSIC = SlotId(SignerRole.SUBJECT_TEACHER, SubjectCode("89"))
SEAL = SignerRole.ORGANISATION
Edit = Callable[[bytes], bytes]


def replace(old: str, new: str) -> Edit:
    """Replace the first occurrence of a text, which must be there."""

    def edit(document: bytes) -> bytes:
        assert old.encode() in document, old
        return document.replace(old.encode(), new.encode(), 1)

    return edit


def block(document: bytes, tag: str) -> bytes:
    """The first element of a tag, as bytes."""
    found = re.search(rf"<{tag}[ >].*?</{tag}>".encode(), document, re.S)
    assert found is not None, tag
    return found[0]


class Builder:
    """Writes vectors and remembers what each must say."""

    def __init__(self) -> None:
        self.shop = Workshop.open()
        self.good = self.shop.cast.sign()
        self.evidence = self.shop.evidence(self.good)
        self.manifest: list[dict[str, Any]] = []

    def keep(
        self,
        name: str,
        content: bytes,
        evidence: bytes | None,
        check: str | None,
        reason: str | None,
        *,
        verdict: str = "invalid",
        at: datetime | None = None,
    ) -> None:
        """Write one vector; the evidence of a PDF is inside it. `at`: when it is verified, if not
        with all others."""
        file = HERE / "files" / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        if evidence is not None:
            (file.parent / f"{file.stem}.evidence.zip").write_bytes(evidence)
        moment = {"at": at.isoformat()} if at else {}
        self.manifest.append(
            {"file": name, "verdict": verdict, "check": check, "reason": reason, **moment}
        )

    def xml(self, name: str, document: bytes, check: str, reason: str, **changed: Any) -> None:
        """A document that the department accepted as it is."""
        evidence = self.shop.container(document, changed.pop("evidence", self.evidence), **changed)
        self.keep(f"{name}.xml", document, evidence, check, reason)

    def edited(self, name: str, edit: Edit, check: str, reason: str) -> None:
        """The good document with its bytes changed."""
        self.xml(name, edit(self.good), check, reason)

    def build(self) -> None:
        """Make all vectors."""
        container = self.shop.container(self.good, self.evidence)
        self.keep("valid.xml", self.good, container, None, None, verdict="valid")
        self.keep("no-evidence.xml", self.good, None, None, None, verdict="undetermined")
        self.build_integrity()
        self.build_structure()
        self.build_people()
        self.build_certificates()
        self.build_times()
        self.build_receipt()
        self.build_pdf(container)
        self.build_archive()
        self.build_unreadable()

    def build_integrity(self) -> None:
        good = self.good
        self.edited(
            "edited-value",
            replace("<CAN_NANG>28.5<", "<CAN_NANG>38.5<"),
            "integrity",
            "digest_mismatch",
        )
        self.edited(
            "edited-score",
            replace("DINH_KY>10<", "DINH_KY>9<"),
            "integrity",
            "digest_mismatch",
        )
        self.xml("wrapped-data", _wrapped(good), "integrity", "duplicate_id")
        renamed = _wrapped(good, rename=True)
        self.xml("wrapped-data-renamed", renamed, "integrity", "misplaced_signature")
        self.xml("moved-signature", _moved(good), "integrity", "wrong_reference")
        seal = block(good, "KY_PHAT_HANH")
        self.xml(
            "doubled-seal", good.replace(seal, seal + seal), "integrity", "unexpected_signature"
        )
        self.edited(
            "changed-id",
            replace('<DIEM_TONG_KET Id="mon-89', '<DIEM_TONG_KET Id="mon-8x'),
            "integrity",
            "foreign_reference",
        )
        english = SPECIALISTS["11"]
        second = self.shop.world.issue_person(english.full_name, english.personal_id)
        swapped = _swapped(good, second)
        self.xml("swapped-certificate", swapped, "integrity", "signature_mismatch")
        self.build_signature_parts()

    def build_signature_parts(self) -> None:
        """References, algorithms and dates that an attacker could change."""
        self.edited(
            "extra-transform",
            replace(
                "</Transforms>",
                '<Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/></Transforms>',
            ),
            "integrity",
            "extra_transform",
        )
        self.edited(
            "external-reference",
            replace('<Reference URI="#mon-11', '<Reference URI="http://example.vn/#mon-11'),
            "integrity",
            "foreign_reference",
        )
        self.edited(
            "weak-algorithm",
            replace("xmldsig-more#ecdsa-sha256", "xmldsig-more#ecdsa-sha1"),
            "integrity",
            "algorithm_not_allowed",
        )
        self.edited(
            "changed-signing-date",
            replace("<NGAY_KY>2026-05-27T09:00:00+07:00", "<NGAY_KY>2026-05-26T09:00:00+07:00"),
            "integrity",
            "signing_time_mismatch",
        )

    def build_structure(self) -> None:
        for name, edit, reason in (
            (
                "comment-in-text",
                replace("<HO_VA_TEN>Nguyễn Thị", "<HO_VA_TEN>Nguyễn<!-- --> Thị"),
                "comment_in_data",
            ),
            ("unknown-tag", replace("<DAN_TOC>", "<BI_DANH>A</BI_DANH><DAN_TOC>"), "unknown_tag"),
            (
                "repeated-tag",
                replace("<QUOC_TICH>", "<DAN_TOC>Kinh</DAN_TOC><QUOC_TICH>"),
                "repeated_tag",
            ),
            (
                "wrong-order",
                replace(
                    "<CAN_NANG>28.5</CAN_NANG><CHIEU_CAO>134</CHIEU_CAO>",
                    "<CHIEU_CAO>134</CHIEU_CAO><CAN_NANG>28.5</CAN_NANG>",
                ),
                "wrong_order",
            ),
            ("missing-tag", replace("<DAN_TOC>Kinh</DAN_TOC>", ""), "field_missing"),
            ("wrong-code", replace("<GIOI_TINH>Nữ<", "<GIOI_TINH>Bé<"), "field_catalogue"),
            ("impossible-date", replace("<NGAY_SINH>01/02/", "<NGAY_SINH>31/02/"), "date"),
        ):
            self.edited(name, edit, "structure", reason)

    def build_people(self) -> None:
        shop = self.shop
        without = shop.cast.sign(skip=[MUSIC])
        self.xml("missing-role", without, "signatures", "missing_role")
        no_seal = shop.cast.sign(skip=[SlotId(SEAL)], stamp=False)
        self.xml("missing-seal", no_seal, "signatures", "missing_role")
        music = SPECIALISTS["89"]
        other = shop.cast.sign(
            keys={SignerRole.HOMEROOM_TEACHER: shop.cast.people[music.personal_id]},
            numbers={SignerRole.HOMEROOM_TEACHER: music.personal_id},
        )
        self.xml("wrong-signer", other, "signers", "wrong_signer")
        borrowed = shop.cast.sign(
            keys={SignerRole.HOMEROOM_TEACHER: shop.cast.people[music.personal_id]}
        )
        self.xml("borrowed-certificate", borrowed, "signers", "certificate_owner")
        foreign = shop.world.issue_organisation("Trường Tiểu học Khác", "00000999")
        self._with_seal("foreign-seal", foreign, "signers", "foreign_seal", log_seal=foreign)
        unapproved = shop.world.issue_organisation("Trường Tiểu học Mẫu", SCHOOL_CODE)
        self._with_seal("unapproved-seal", unapproved, "approved_seal", "seal_not_approved")

    def _with_seal(
        self, name: str, key: SoftKey, check: str, reason: str, log_seal: SoftKey | None = None
    ) -> None:
        document = self.shop.cast.sign(keys={SEAL: key})
        evidence = self.shop.evidence(document)
        self.xml(name, document, check, reason, evidence=evidence, seal=log_seal)

    def build_certificates(self) -> None:
        world = self.shop.world

        def teacher(name: str, start: int, end: int, reason: str) -> None:
            validity = (SIGNED + timedelta(days=start), SIGNED + timedelta(days=end))
            key = world.issue_person(HOMEROOM.full_name, HOMEROOM.personal_id, validity=validity)
            document = self.shop.cast.sign(keys={SignerRole.HOMEROOM_TEACHER: key})
            evidence = self.shop.evidence(document)
            self.xml(name, document, "certificates", reason, evidence=evidence)

        teacher("expired-certificate", -20, -1, "expired")
        teacher("not-yet-valid-certificate", 1, 90, "not_yet_valid")
        revoked = world.issue_person(HOMEROOM.full_name, HOMEROOM.personal_id)
        world.revoke(revoked.certificate, MADE)
        document = self.shop.cast.sign(keys={SignerRole.HOMEROOM_TEACHER: revoked})
        evidence = self.shop.evidence(document)
        self.xml("revoked-certificate", document, "revocation", "revoked", evidence=evidence)
        stranger = Workshop.open()
        key = stranger.cast.people[str(HOMEROOM.personal_id)]
        document = self.shop.cast.sign(keys={SignerRole.HOMEROOM_TEACHER: key})
        # The forger brings along the certificate of an authority of his own making.
        own = stranger.evidence(document)
        evidence = dataclasses.replace(
            self.evidence, certificates=(*self.evidence.certificates, *own.certificates)
        )
        self.xml(
            "untrusted-authority", document, "certificates", "untrusted_issuer", evidence=evidence
        )

    def build_times(self) -> None:
        shop = self.shop
        self.xml("no-timestamp", shop.cast.sign(stamp=False), "times", "timestamp_missing")
        other = shop.cast.stamp(shop.cast.sign(stamp=False), digest=bytes(32))
        self.xml("foreign-timestamp", other, "times", "timestamp_digest")
        early = shop.cast.sign(times={SignerRole.SCHOOL_LEADER: SIGNED - timedelta(days=2)})
        self.xml("leader-before-teachers", early, "times", "time_order")
        late = shop.cast.sign(times={SEAL: SIGNED + timedelta(hours=20)})
        self.xml("signed-after-timestamp", late, "times", "signed_after_timestamp")

    def build_receipt(self) -> None:
        other = self.shop.container(b"<HOC_BA/>", self.evidence)
        self.keep("log-of-another-record.xml", self.good, other, "log", "log_commitment")
        forged = self.shop.container(self.good, self.evidence, key=Ed25519PrivateKey.generate())
        self.keep("log-with-forged-key.xml", self.good, forged, "log", "note_key_unknown")
        recalled = self.shop.container(self.good, self.evidence, kind=EntryKind.RECALL)
        self.keep("recalled.xml", self.good, recalled, "status", "recalled")

    def build_pdf(self, container: bytes) -> None:
        shop, record = self.shop, sample_record(4)
        genuine = shop.pdf(self.good, container, shown=record)
        self.keep("valid.pdf", genuine, None, None, None, verdict="valid")
        taller = dataclasses.replace(record.pupil, height_cm=Decimal(150))
        dressed = shop.pdf(self.good, container, shown=dataclasses.replace(record, pupil=taller))
        self.keep("face-differs.pdf", dressed, None, "pdf_face", "face_differs")
        other = shop.world.issue_organisation("Trường Tiểu học Khác", "00000999")
        foreign = shop.pdf(self.good, container, shown=record, key=other)
        self.keep("foreign-pdf-seal.pdf", foreign, None, "signers", "foreign_seal")
        appended = genuine + b"\n% appended\n"
        self.keep("appended.pdf", appended, None, "pdf_seal", None)
        output = io.BytesIO()
        with pikepdf.open(io.BytesIO(genuine)) as file:
            file.save(output)
        self.keep("saved-again.pdf", output.getvalue(), None, "pdf_seal", None)
        at = genuine.index(b"<x:xmpmeta") + 2
        altered = genuine[:at] + b"y" + genuine[at + 1 :]
        self.keep("altered-byte.pdf", altered, None, "pdf_seal", "seal_digest")

    def build_archive(self) -> None:
        """Archive time-stamps over decades, read long after every certificate has ended."""
        for vector in aged_vectors(self.shop, self.good, self.evidence):
            self.keep(
                f"{vector.name}.xml",
                self.good,
                vector.container,
                vector.check,
                vector.reason,
                verdict=vector.verdict,
                at=vector.at,
            )

    def build_unreadable(self) -> None:
        laughs = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 9))
        bomb = f'<!DOCTYPE HOC_BA [<!ENTITY l0 "ha">{laughs}]><HOC_BA>&l8;</HOC_BA>'
        for name, content, reason in (
            ("entity-bomb.xml", bomb.encode(), "doctype"),
            ("deep.xml", b"<HOC_BA>" + b"<A>" * 200 + b"</A>" * 200 + b"</HOC_BA>", "depth"),
            ("utf-16.xml", "<HOC_BA></HOC_BA>".encode("utf-16"), "encoding"),
            ("empty.xml", b"  \n", "empty"),
            ("not-xml.xml", b"hoc ba so", "xml"),
            ("another-document.xml", b"<SO_DIEM/>", "root"),
        ):
            self.keep(name, content, None, "readable", reason)
        bare = write_container(None, self.evidence)
        self.keep("evidence-without-record.zip", bare, None, "readable", "no_record")


def _wrapped(good: bytes, *, rename: bool = False) -> bytes:
    """Classic wrapping: the signed data hide in the seal, forged data stand in their place."""
    data = block(good, "DU_LIEU_HOC_BA")
    forged = re.sub(rb'Id="data-', b'Id="fake-', data, count=1)
    forged = forged.replace(b"<CAN_NANG>28.5<", b"<CAN_NANG>38.5<")
    if rename:
        forged = re.sub(rb' Id="', b' Id="x-', forged)
    hidden = b"<Object>" + re.sub(rb'Id="data-', b'Id="gone-', data, count=1) + b"</Object>"
    document = good.replace(data, forged, 1)
    at = document.rindex(b"</Signature>")
    return document[:at] + hidden + document[at:]


def _moved(good: bytes) -> bytes:
    """The signature of one subject stands in the slot of another."""
    slots = re.findall(rb'<GVBM Id="ky-.*?</GVBM>', good, re.S)
    first, second = slots[0], slots[1]
    mark = re.compile(rb'^<GVBM Id="[^"]*">')
    heads = [mark.match(slot)[0] for slot in (first, second)]  # type: ignore[index]
    swapped = [heads[0] + second[len(heads[1]) :], heads[1] + first[len(heads[0]) :]]
    return good.replace(first + second, swapped[0] + swapped[1], 1)


def _swapped(good: bytes, key: SoftKey) -> bytes:
    """Another certificate of the same person, for another key, beside an honest signature."""
    found = re.findall(rb"<X509Certificate>(.*?)</X509Certificate>", good)
    other = base64.b64encode(key.certificate.public_bytes(Encoding.DER))
    return good.replace(found[0], other, 1)


def main() -> None:
    """Write files, trust and manifest."""
    shutil.rmtree(HERE / "files", ignore_errors=True)
    builder = Builder()
    builder.build()
    trust = HERE / "trust"
    trust.mkdir(exist_ok=True)
    (trust / "root.pem").write_bytes(builder.shop.world.roots_pem())
    for year, world in later_worlds().items():
        (trust / f"root-{year}.pem").write_bytes(world.roots_pem())
    (trust / "log.pem").write_bytes(public_pem(builder.shop.log_key))
    content = {"at": VERIFIED.isoformat(), "vectors": builder.manifest}
    (HERE / "manifest.json").write_text(
        json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
