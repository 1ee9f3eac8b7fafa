"""Where a school's keys, trust, time-stamps and gateway come from: chosen here, by school code.

A training school gets its own mock world and the pretend gateway, every other school what this
installation has. A closed training school gets nothing at all.
"""

from __future__ import annotations

from typing import Protocol

from hocba.errors import Refused
from hocba.ports import TimestampSource
from hocba_server.adapters.gateway import GatewayClient, gateway_client
from hocba_server.adapters.keystores import KeyStore, key_store
from hocba_server.adapters.timestamp import timestamp_source
from hocba_server.school.signing.certificate_checks import CertificateTrust, InstalledTrust
from hocba_server.school.training.codes import is_training_code
from hocba_server.school.training.gateway import training_gateway
from hocba_server.school.training.keystore import TrainingWorld
from hocba_server.school.training.models import TrainingSchool, TrainingState


class Sources(Protocol):
    """What signing and sending need from outside. Each is fetched when it is asked for."""

    def keys(self) -> KeyStore:
        """Keys of people and of the school."""

    def trust(self) -> CertificateTrust:
        """What a certificate is judged by before it signs."""

    def timestamps(self) -> TimestampSource:
        """RFC 3161 time-stamps. Raises `Unavailable`."""

    def gateway(self) -> GatewayClient:
        """Who answers the six transactions."""


class InstalledSources:
    """What the operator has installed."""

    def keys(self) -> KeyStore:
        """The store that `KEY_STORE` names."""
        return key_store()

    def trust(self) -> CertificateTrust:
        """The authorities under `TRUST_DIR`."""
        return InstalledTrust()

    def timestamps(self) -> TimestampSource:
        """The service at `TSA_URL`."""
        return timestamp_source()

    def gateway(self) -> GatewayClient:
        """The client that `GATEWAY_CLIENT` names."""
        return gateway_client()


class TrainingSources:
    """The mock world of one training school. Nothing of it is reached over the network."""

    def __init__(self, unit_code: str, keys_folder: str) -> None:
        self._unit_code = unit_code
        self._keys_folder = keys_folder

    def keys(self) -> KeyStore:
        """Mock keys."""
        return self._world().keys()

    def trust(self) -> CertificateTrust:
        """The mock root only."""
        return self._world().trust()

    def timestamps(self) -> TimestampSource:
        """Mock time-stamps."""
        return self._world().timestamps()

    def gateway(self) -> GatewayClient:
        """The pretend gateway."""
        return training_gateway(self._unit_code)

    def _world(self) -> TrainingWorld:
        return TrainingWorld.open(self._keys_folder)


def sources_of(unit_code: str) -> Sources:
    """The sources of a school. Raises `Refused` (`training_closed`) for a training school that a
    reset has closed: work of it that still lies in a queue goes nowhere."""
    if not is_training_code(unit_code):
        return InstalledSources()
    row = (
        TrainingSchool.objects.filter(school__code=unit_code)
        .exclude(state=TrainingState.CLOSED)
        .first()
    )
    if row is None:
        raise Refused(
            "training_closed",
            "Trường tập huấn này đã được làm lại từ đầu.",
            "This training school has been reset.",
        )
    return TrainingSources(unit_code, row.keys_folder)
