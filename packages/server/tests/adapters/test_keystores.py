from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from hocba.errors import Refused
from hocba.trust.algorithms import SignatureAlgorithm, verify_digest
from hocba_certworld.softkey import SoftKey
from hocba_certworld.world import CertWorld
from hocba_server.adapters import keystores
from hocba_server.adapters.keystores import key_store

PERSON, UNIT, PASSWORD = "000012345678", "79000001", b"mat khau trinh dien"


@pytest.fixture
def folder(world: CertWorld, tmp_path: Path, settings: Settings) -> Iterator[Path]:
    settings.DEMO_DIR = tmp_path
    settings.HOCBA_MODE = "demo"
    settings.KEY_STORE = "hocba_server.adapters.keystores.demo_key_store"
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "password").write_bytes(PASSWORD)
    person = world.issue_person("Nguyễn Thị Mẫu", PERSON)
    unit = world.issue_organisation("Trường Tiểu học Mẫu", UNIT)
    (keys / f"person-{PERSON}.p12").write_bytes(person.to_pkcs12(PASSWORD))
    (keys / f"unit-{UNIT}.p12").write_bytes(unit.to_pkcs12(PASSWORD))
    yield keys
    keystores._load.cache_clear()


def test_a_key_signs_what_its_certificate_verifies(folder: Path) -> None:
    digest = bytes(range(32))
    for key in (key_store().key_for(PERSON), key_store().organisation_key(UNIT)):
        (signature,) = key.sign_digests([digest])
        algorithm = SignatureAlgorithm[key.algorithm]
        verify_digest(key.certificate.public_key(), algorithm, digest, signature)


def test_a_key_is_parsed_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    real = SoftKey.from_pkcs12

    def parse(data: bytes, password: bytes) -> SoftKey:
        parsed.append(data)
        return real(data, password)

    monkeypatch.setattr(SoftKey, "from_pkcs12", parse)
    assert key_store().key_for(PERSON) is key_store().key_for(PERSON)
    assert len(parsed) == 1


def test_a_new_file_is_a_new_key(folder: Path, world: CertWorld) -> None:
    before = key_store().key_for(PERSON)
    renewed = world.issue_person("Nguyễn Thị Mẫu", PERSON)
    (folder / f"person-{PERSON}.p12").write_bytes(renewed.to_pkcs12(PASSWORD))
    after = key_store().key_for(PERSON)
    assert before.certificate != after.certificate == renewed.certificate


@pytest.mark.parametrize("asked", ["000099999999", "../keys/person", "x/../../password", ""])
def test_who_has_no_key_is_told_so(folder: Path, asked: str) -> None:
    with pytest.raises(Refused) as refusal:
        key_store().key_for(asked)
    assert refusal.value.code == "no_key"


def test_production_takes_no_keys_from_files(folder: Path, settings: Settings) -> None:
    settings.HOCBA_MODE = "production"
    with pytest.raises(Refused) as refusal:
        key_store()
    assert refusal.value.code == "demo_keys"
