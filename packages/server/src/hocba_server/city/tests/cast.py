"""An invented school as the department meets it, and the messages that its software sends."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.test import Client

from hocba.ids import MessageId, UnitCode
from hocba.packet.package import complete_transaction, pack_content, prepare_transaction
from hocba.packet.registration import complete_registration, prepare_registration, serial_text
from hocba.packet.transactions import PackageRequest, RegistrationRequest
from hocba.record.sample import SCHOOL_CODE
from hocba.trust.algorithms import SignatureAlgorithm
from hocba_certworld.softkey import SoftKey
from hocba_server.web.accounts.actor import Actor
from hocba_server.web.accounts.models import User

MADE = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
SENT = dt.datetime(2026, 5, 28, 1, 0, tzinfo=dt.UTC)
OFFICER = Actor(1, "Chuyên viên Mẫu", "000080000090", "79", ("SO_DUYET",), "city")
ADMINISTRATOR = Actor(2, "Quản trị Mẫu", "000080000091", "79", ("SO_QT",), "city")
WARD_OFFICER = Actor(4, "Cán bộ Phường Mẫu", "000080000094", "26740", ("XA_VHXH",), "city")
OTHER_WARD = Actor(5, "Cán bộ Phường Khác", "000080000095", "26737", ("XA_VHXH",), "city")
INSPECTOR = Actor(6, "Thanh tra Mẫu", "000080000096", "79", ("KIEM_TRA",), "city")
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
    key: SoftKey, *, message_id: str = "", unit_code: str = SCHOOL_CODE, end_reason: str = ""
) -> dict[str, Any]:
    """Transaction 3, signed with the certificate that it declares, or of which it asks the end."""
    algorithm = SignatureAlgorithm[key.algorithm]
    prepared = prepare_registration(
        UnitCode(unit_code), key.certificate, algorithm, SENT, end_reason=end_reason
    )
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


def sign_in(client: Client, person: Actor) -> Client:
    """Somebody of the department or a ward at the keyboard."""
    user, _ = User.objects.get_or_create(
        username=f"mau-{person.user_id}",
        defaults={
            "full_name": person.name,
            "personal_id": person.personal_id,
            "unit_code": person.unit_code,
            "roles": list(person.roles),
            "house": person.house,
        },
    )
    client.force_login(user)
    return client


def say_purpose(client: Client, words: str = "Quyết định 12/QĐ-TTr") -> None:
    """State what the records are opened for."""
    answer = client.post("/so/muc-dich/", {"reason": "inspection", "words": words, "den": "/so/"})
    assert answer.status_code == 302, answer.content.decode()
