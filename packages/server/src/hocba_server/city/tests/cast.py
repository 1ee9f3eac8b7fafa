"""An invented school as the department meets it, and the messages that its software sends."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from hocba.ids import MessageId, UnitCode
from hocba.packet.package import complete_transaction, pack_content, prepare_transaction
from hocba.packet.registration import complete_registration, prepare_registration, serial_text
from hocba.packet.transactions import PackageRequest, RegistrationRequest
from hocba.record.sample import SCHOOL_CODE
from hocba.trust.algorithms import SignatureAlgorithm
from hocba_certworld.softkey import SoftKey
from hocba_server.web.accounts.actor import Actor

MADE = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
SENT = dt.datetime(2026, 5, 28, 1, 0, tzinfo=dt.UTC)
OFFICER = Actor(1, "Chuyên viên Mẫu", "000080000090", "79", ("SO_DUYET",), "city")
ADMINISTRATOR = Actor(2, "Quản trị Mẫu", "000080000091", "79", ("SO_QT",), "city")
STRANGER = Actor(3, "Lê Văn Mẫu", "000080000001", SCHOOL_CODE, ("HIEU_TRUONG",), "school")


class FixedClock:
    """A clock that stands still."""

    def __init__(self, at: dt.datetime = SENT) -> None:
        self.at = at

    def now(self) -> dt.datetime:
        """The moment."""
        return self.at


def submission(
    documents: Sequence[bytes],
    key: SoftKey,
    *,
    message_id: str = "",
    unit_code: str = SCHOOL_CODE,
) -> dict[str, Any]:
    """Transaction 1, signed by an organisation."""
    algorithm = SignatureAlgorithm[key.algorithm]
    prepared = prepare_transaction(documents, key.certificate, algorithm, SENT)
    signed = complete_transaction(prepared, key.sign_digests([prepared.digest])[0])
    return PackageRequest(
        message_id=MessageId(message_id or str(uuid.uuid4())),
        unit_code=UnitCode(unit_code),
        first_year=2025,
        content=pack_content(signed),
        user_name=unit_code,
    ).to_json()


def registration(
    key: SoftKey, *, message_id: str = "", unit_code: str = SCHOOL_CODE
) -> dict[str, Any]:
    """Transaction 3, signed with the certificate that it declares."""
    algorithm = SignatureAlgorithm[key.algorithm]
    prepared = prepare_registration(UnitCode(unit_code), key.certificate, algorithm, SENT)
    content = complete_registration(prepared, key.sign_digests([prepared.digest])[0])
    return RegistrationRequest(
        message_id=MessageId(message_id or str(uuid.uuid4())),
        unit_code=UnitCode(unit_code),
        serial_number=serial_text(key.certificate),
        valid_from=key.certificate.not_valid_before_utc.date(),
        signature_kind="USB_TOKEN",
        issuer="BAN_CO_YEU",
        content=pack_content(content),
    ).to_json()
