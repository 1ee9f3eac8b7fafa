"""Signatures as other vendors write them: no XAdES, constant identifiers, inclusive C14N."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding
from forge import seal_again
from lxml import etree
from signature_world import DS, RSA, Signer, b64, person, personal_id, unsigned

from hocba.record.model import FormatProfile
from hocba.signature.names import ENVELOPED, EXCLUSIVE_C14N, INCLUSIVE_C14N, SHA256

TIME = "2026-05-29T14:30:07+07:00"


@dataclass(frozen=True)
class Style:
    """What differs between vendors."""

    c14n: str = INCLUSIVE_C14N
    transforms: tuple[str, ...] = (INCLUSIVE_C14N,)
    time_transforms: tuple[str, ...] | None = None
    digest_method: str = SHA256
    time_in: str = "SignatureProperty"
    time_namespace: str = ""
    certificates: int = 1
    lines: bool = False


def plain_record(profile: FormatProfile) -> etree._Element:
    """A record with constant identifiers; in v2 the slot of a teacher shares the inner GVBM's."""
    root = etree.fromstring(unsigned(profile))
    for element in root.iter(etree.Element):
        value = element.get("Id")
        if value:
            element.set("Id", value[: -len("-00000000-0000-4000-8000-000000000001")])
    return root


def add_slot(root: etree._Element, path: str, tag: str, number: int = 1) -> etree._Element:
    """Put an empty slot at the end of a container."""
    container = root.find(path)
    assert container is not None
    slot = etree.SubElement(container, tag)
    etree.SubElement(slot, "NGAY_KY").text = TIME
    if tag != "KY_PHAT_HANH":
        etree.SubElement(slot, "SO_CCCD").text = personal_id(number)
    return slot


def sign_plain(
    slot: etree._Element, uri: str, style: Style | None = None, signer: Signer | None = None
) -> None:
    """Sign the element with that URI into the slot."""
    how = style or Style()
    key = signer or person(1, RSA)
    root = slot.getroottree().getroot()
    name = f"s{sum(1 for _ in root.iter(f'{DS}Signature'))}"
    time_transforms = how.transforms if how.time_transforms is None else how.time_transforms
    references = _reference(uri, how.transforms, how.digest_method)
    references += _reference(f"#{name}-time", time_transforms, how.digest_method)
    der = b64(key.certificate.public_bytes(Encoding.DER))
    if how.lines:
        der = "\n".join(der[at : at + 76] for at in range(0, len(der), 76))
    mark = {how.time_in: f' Id="{name}-time"'}
    slot.append(
        etree.fromstring(
            '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>'
            f'<CanonicalizationMethod Algorithm="{how.c14n}"/>'
            f'<SignatureMethod Algorithm="{key.signature_algorithm.xml_uri}"/>{references}'
            "</SignedInfo><SignatureValue>AAAA</SignatureValue><KeyInfo><X509Data>"
            + f"<X509Certificate>{der}</X509Certificate>"
            * how.certificates
            + f"</X509Data></KeyInfo><Object{mark.get('Object', '')}>"
            f"<SignatureProperties{mark.get('SignatureProperties', '')}>"
            f"<SignatureProperty{mark.get('SignatureProperty', '')} Target=''>"
            f'<SigningTime xmlns="{how.time_namespace}">{TIME}</SigningTime>'
            "</SignatureProperty></SignatureProperties></Object></Signature>"
        )
    )
    seal_again(root, slot[-1], key)


def _reference(uri: str, transforms: tuple[str, ...], digest_method: str) -> str:
    steps = "".join(f'<Transform Algorithm="{step}"/>' for step in transforms)
    return (
        f'<Reference URI="{uri}">'
        + (f"<Transforms>{steps}</Transforms>" if steps else "")
        + f'<DigestMethod Algorithm="{digest_method}"/><DigestValue>AAAA</DigestValue></Reference>'
    )


def pairs(root: etree._Element) -> None:
    """Give each inner GVBM the identifier that the slot of its teacher has, as vendors do."""
    for slot in root.iterfind(".//DANH_SACH_GVBM/GVBM"):
        uri = next(slot.iter(f"{DS}Reference")).get("URI") or ""
        slot.set("Id", "gvbm-" + uri.removeprefix("#mon-"))


EXCLUSIVE = Style(c14n=EXCLUSIVE_C14N, transforms=(EXCLUSIVE_C14N,))
ENVELOPED_ROOT = Style(transforms=(ENVELOPED, INCLUSIVE_C14N), time_transforms=(INCLUSIVE_C14N,))
