"""Signers with certificates under one root, records to sign, and the xmlsec1 program."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509.oid import NameOID
from lxml import etree

from hocba.ids import PersonalId, SubjectCode
from hocba.record.model import FormatProfile, SignerRole, SlotId
from hocba.signature.sign import sign_slot
from hocba.trust.algorithms import SignatureAlgorithm

P256 = SignatureAlgorithm.ECDSA_P256_SHA256
RSA = SignatureAlgorithm.RSA_PKCS1_SHA256
PSS = SignatureAlgorithm.RSA_PSS_SHA256
AT = datetime(2026, 5, 29, 14, 30, 7, 999, tzinfo=timezone(timedelta(hours=7)))
UUID = "00000000-0000-4000-8000-000000000001"
SUBJECTS = ("02", "01", "12", "03", "88", "04")
GVCN = SlotId(SignerRole.HOMEROOM_TEACHER)
CBQL = SlotId(SignerRole.SCHOOL_LEADER)
SEAL = SlotId(SignerRole.ORGANISATION)
DS = "{http://www.w3.org/2000/09/xmldsig#}"
V1, V2 = FormatProfile.V1_2024, FormatProfile.V2_2025


def gvbm(code: str) -> SlotId:
    """The slot of one subject's teacher."""
    return SlotId(SignerRole.SUBJECT_TEACHER, SubjectCode(code))


class Signer:
    """A key in memory, under the root of this world unless it signs its own certificate."""

    def __init__(
        self, name: str, algorithm: SignatureAlgorithm, uid: str, issuer: Signer | None
    ) -> None:
        self.signature_algorithm = algorithm
        self.algorithm = algorithm.name
        self.key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
        if algorithm is P256:
            self.key = ec.generate_private_key(ec.SECP256R1())
        else:
            self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.chain: Sequence[x509.Certificate] = ()
        self.calls = 0
        self.certificate = self._certificate(name, uid, issuer)

    def _certificate(self, name: str, uid: str, issuer: Signer | None) -> x509.Certificate:
        subject = x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, 'Trường "Mẫu" & bạn, <DEMO>'),
                x509.NameAttribute(NameOID.COMMON_NAME, name),
                x509.NameAttribute(NameOID.USER_ID, uid),
            ]
        )
        public_key = self.key.public_key()
        url = x509.UniformResourceIdentifier("http://127.0.0.1:8010/crl/demo.crl")
        points = [x509.DistributionPoint([url], None, None, None)]
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2029, 1, 1, tzinfo=UTC))
            .add_extension(x509.BasicConstraints(issuer is None, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(x509.CRLDistributionPoints(points), critical=False)
            .sign((issuer or self).key, hashes.SHA256())
        )

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """Sign as the port `Key` does."""
        self.calls += 1
        return [self._sign(digest) for digest in digests]

    def _sign(self, digest: bytes) -> bytes:
        prehashed = Prehashed(hashes.SHA256())
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(digest, ec.ECDSA(prehashed))
        if self.signature_algorithm is PSS:
            pss = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length=32)
            return self.key.sign(digest, pss, prehashed)
        return self.key.sign(digest, padding.PKCS1v15(), prehashed)


@cache
def root() -> Signer:
    """The root that xmlsec1 is told to trust."""
    return Signer("CA gốc DEMO", P256, "MST:0000000000", None)


def person(number: int = 1, algorithm: SignatureAlgorithm = P256) -> Signer:
    """A teacher or leader."""
    return _person(number, algorithm)


@cache
def _person(number: int, algorithm: SignatureAlgorithm) -> Signer:
    uid = f"CCCD:0000000000{number:02}"
    return Signer(f"Nguyễn Thị Mẫu {number} DEMO", algorithm, uid, root())


@cache
def school(algorithm: SignatureAlgorithm = RSA) -> Signer:
    """The school's seal."""
    return Signer("Trường Tiểu học Mẫu DEMO", algorithm, "MST:0000000001", root())


def personal_id(number: int) -> PersonalId:
    """The number of `person(number)`."""
    return PersonalId(f"0000000000{number:02}")


def unsigned(profile: FormatProfile = V2, uuid: str = UUID) -> bytes:
    """A small record as the codec writes it, with text that has to survive canonicalisation."""
    v2 = profile is V2
    subjects = "".join(_subject(code, f"-{code}-{uuid}" if v2 else None) for code in SUBJECTS)
    data = (
        f"<THONG_TIN_CHUNG><PHIEN_BAN>1.0</PHIEN_BAN><MA_TRA_CUU_UUID>{uuid}</MA_TRA_CUU_UUID>"
        "<HO_VA_TEN>Nguyễn Thị Mẫu</HO_VA_TEN></THONG_TIN_CHUNG><TONG_KET>"
        '<NHAN_XET_GVCN>Đọc &amp; viết: 1 &lt; 2 &gt; 0, "tốt" &#13;\n 🙂</NHAN_XET_GVCN>'
        f"<DANH_SACH_DIEM_TONG_KET>{subjects}</DANH_SACH_DIEM_TONG_KET></TONG_KET>"
    )
    if v2:
        data = (
            f'<THONG_TIN_HOC_BA Id="thongtinhocba-{uuid}">{data}</THONG_TIN_HOC_BA>'
            "<DANH_SACH_THONG_TIN_KY><DANH_SACH_GVBM/></DANH_SACH_THONG_TIN_KY>"
        )
    end = "<PHAT_HANH_HOC_BA></PHAT_HANH_HOC_BA>" if v2 else "<DANH_SACH_THONG_TIN_KY/>"
    return (
        f'<HOC_BA><DU_LIEU_HOC_BA Id="data-{uuid}">{data}</DU_LIEU_HOC_BA>{end}</HOC_BA>'.encode()
    )


def _subject(code: str, key: str | None) -> str:
    marks = f"<TEN_MON_HOC>Môn {code}</TEN_MON_HOC><MUC_DAT_DUOC>T</MUC_DAT_DUOC>"
    text = f"<MA_MON_HOC>{code}</MA_MON_HOC>{marks}"
    if key is None:
        return f"<DIEM_TONG_KET>{text}</DIEM_TONG_KET>"
    teacher = f'<GVBM Id="gvbm{key}"><HO_VA_TEN>Cô Mẫu</HO_VA_TEN></GVBM>'
    return f'<DIEM_TONG_KET Id="mon{key}">{text}{teacher}</DIEM_TONG_KET>'


def slots_of(profile: FormatProfile) -> list[SlotId]:
    """The slots in the order in which people sign: v1 three, v2 nine."""
    teachers = [gvbm(code) for code in SUBJECTS] if profile is V2 else []
    return [*teachers, GVCN, CBQL, SEAL]


@cache
def signed(
    profile: FormatProfile = V2,
    persons: SignatureAlgorithm = P256,
    seal: SignatureAlgorithm = RSA,
) -> bytes:
    """A record with every slot filled, each person with a certificate of their own."""
    document = unsigned(profile)
    for number, slot in enumerate(slots_of(profile), start=1):
        document = sign_one(document, slot, number, persons, seal)
    return document


def sign_one(
    document: bytes,
    slot: SlotId,
    number: int = 1,
    persons: SignatureAlgorithm = P256,
    seal: SignatureAlgorithm = RSA,
) -> bytes:
    """Fill one slot."""
    if slot == SEAL:
        return sign_slot(document, slot, school(seal), AT, None)
    return sign_slot(document, slot, person(number, persons), AT, personal_id(number))


def signature_elements(document: bytes) -> list[etree._Element]:
    """Every Signature of a document."""
    tree = etree.fromstring(document)
    return list(tree.iter(f"{DS}Signature"))


XMLSEC_IDS = (
    "DU_LIEU_HOC_BA",
    "THONG_TIN_HOC_BA",
    "DIEM_TONG_KET",
    "http://www.w3.org/2000/09/xmldsig#:Signature",
    "http://www.w3.org/2000/09/xmldsig#:SignatureProperty",
    "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
)


def xmlsec1(folder: Path, document: bytes, signature_id: str) -> bool:
    """Let the xmlsec1 program verify one signature, as docs/formats/signature.md says."""
    record, trusted = folder / "hoc-ba.xml", folder / "root.pem"
    record.write_bytes(document)
    pem = root().certificate.public_bytes(serialization.Encoding.PEM)
    trusted.write_bytes(pem)
    ids = [argument for name in XMLSEC_IDS for argument in ("--id-attr:Id", name)]
    done = subprocess.run(
        [
            "xmlsec1",
            "--verify",
            "--trusted-pem",
            str(trusted),
            "--verification-time",
            "2026-05-29 07:30:07",
            *ids,
            "--node-id",
            signature_id,
            str(record),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode == 0 and "OK" in done.stdout + done.stderr


def b64(value: bytes) -> str:
    """Base64 as text."""
    return base64.b64encode(value).decode()
