"""Where the key of a signature may be (design.md 3.6): never on our server, but for demo and
training, and for an HSM that the operator has connected for the school's own seal."""

from __future__ import annotations

import os

from django.conf import settings

from hocba.record.model import SignerRole
from hocba_server.school.signing.models import KeySource
from hocba_server.school.training.codes import is_training_code


def key_sources(role: SignerRole, unit_code: str) -> list[KeySource]:
    """What a person of this school may choose for this role, the usual one first.

    In a training school only its mock keys: a real device has nothing to do there.
    """
    if is_training_code(unit_code):
        return [KeySource.SERVER]
    found: list[KeySource] = []
    mock = settings.HOCBA_MODE in {"demo", "training"}
    hsm = role is SignerRole.ORGANISATION and bool(os.environ.get("HOCBA_PKCS11_MODULE"))
    if mock or hsm:
        found.append(KeySource.SERVER)
    found.append(KeySource.AGENT)
    if getattr(settings, "CSC_URL", ""):
        found.append(KeySource.REMOTE)
    return found
