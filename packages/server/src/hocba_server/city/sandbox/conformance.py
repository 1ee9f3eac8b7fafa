"""The conformance check of the page and of the API. The file is looked at and forgotten."""

from __future__ import annotations

import datetime as dt

from cryptography.hazmat.primitives.serialization import Encoding

from hocba.conformance.check import check_file
from hocba.conformance.report import ConformanceReport
from hocba.conformance.signed import Surroundings
from hocba.errors import Malformed, Unavailable
from hocba.packet.envelope import MAX_REQUEST
from hocba.trust.store import TrustStore
from hocba_server.adapters.authorities import known_issuers, trusted_roots
from hocba_server.city.sandbox.world import issuers_der, sandbox_world

MOST_RECORDS = 50


def check_upload(data: bytes, *, name: str, at: dt.datetime) -> ConformanceReport:
    """Return the report on a file, with the roots of this installation and of the sandbox.

    Raises `Malformed` (`too_large`) for what only the command line takes.
    """
    if len(data) > MAX_REQUEST or data.count(b"<HOC_BA") > MOST_RECORDS:
        raise Malformed(
            "request_too_large",
            f"Ở đây kiểm tra tệp đến 10 MB và {MOST_RECORDS} học bạ; tệp lớn hơn hãy chạy "
            "“hocba conformance” trên máy của mình.",
            f"Here files of up to 10 MB and {MOST_RECORDS} records are checked; run “hocba "
            "conformance” on your own computer for more.",
        )
    return check_file(data, name=name[:120], surroundings=_surroundings(at))


def _surroundings(at: dt.datetime) -> Surroundings:
    roots: tuple[bytes, ...] = (sandbox_world().roots_pem(),)
    issuers = issuers_der()
    try:
        roots = (*trusted_roots(), *roots)
        issuers = (*(one.public_bytes(Encoding.DER) for one in known_issuers()), *issuers)
    except Unavailable:
        pass  # without installed roots only the sandbox's certificates lead anywhere
    return Surroundings(at=at, store=TrustStore.from_pem(roots), issuers=issuers)
