"""Catalogues of the services 3.2 and 3.3: kinds of signature and providers of certificates.

Source: CV 2088/BGDĐT-GDTH II.2.4, which says that both may grow. What the text names is `official`;
other entries are in use in the city (QĐ 1789/QĐ-SGDĐT Đ9.5 issues SIM PKI to leaders).
"""

from __future__ import annotations

from dataclasses import dataclass

from hocba.errors import Sentence

_OFFICIAL = "CV 2088/BGDĐT-GDTH II.2.4"
_IN_USE = "thực tế triển khai"


@dataclass(frozen=True, slots=True)
class Entry:
    """One code with its name."""

    code: str
    name: Sentence
    source: str


SIGNATURE_KINDS = (
    Entry("REMOTE_SIGNING", Sentence("Chữ ký số Remote Signing", "Remote signing"), _OFFICIAL),
    Entry("USB_TOKEN", Sentence("Chữ ký số USB Token", "USB token"), _OFFICIAL),
    Entry("SIM_PKI", Sentence("SIM PKI", "SIM PKI"), "QĐ 1789/QĐ-SGDĐT Đ9.5"),
    Entry("HSM", Sentence("Thiết bị HSM", "Hardware security module"), _IN_USE),
)
CERTIFICATE_ISSUERS = (
    Entry("VNPT", Sentence("VNPT SMART CA", "VNPT SMART CA"), _OFFICIAL),
    Entry("BKAV", Sentence("BKAV", "BKAV"), _OFFICIAL),
    Entry("VIETTEL", Sentence("VIETTEL CA - RS", "VIETTEL CA - RS"), _OFFICIAL),
    Entry(
        "BAN_CO_YEU",
        Sentence("Ban Cơ yếu Chính phủ", "Government Cipher Committee"),
        _OFFICIAL,
    ),
    Entry("CMC", Sentence("CMC CA", "CMC CA"), _IN_USE),
    Entry("INTRUST", Sentence("InTrust CA", "InTrust CA"), _IN_USE),
)
