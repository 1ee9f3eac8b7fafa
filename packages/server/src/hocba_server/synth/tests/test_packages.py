"""Packages of a generated city are what a school's software sends, and are taken in whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hocba.packet.package import read_package
from hocba.signature.xml_verify import verify_signatures
from hocba_certworld.local import LocalRevocation
from hocba_certworld.world import CertWorld
from hocba_server.city.certificates.models import CertificateRegistration
from hocba_server.city.certificates.services import approve, register_unit
from hocba_server.city.gateway.models import IncomingPackage, RecordOutcome
from hocba_server.city.gateway.services import answer_request, open_account, process_package
from hocba_server.city.tests.cast import ADMINISTRATOR, SENT, WARD_OFFICER, FixedClock
from hocba_server.synth.packages import write_city


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two schools with two records each."""
    folder = tmp_path_factory.mktemp("synth") / "city"
    assert write_city(folder, schools=2, records=4) == 4
    return folder


def test_every_record_is_accepted(city: Path, log: None, settings: Any) -> None:
    settings.TRUST_DIR = city / "trust"
    world = CertWorld.open(city / "world")
    for school in _schools(city):
        register_unit(
            by=ADMINISTRATOR,
            at=SENT,
            code=school.name,
            name="Tiểu học Sinh Thử",
            ownership="public",
            ward_code="26740",
            ward_name="Phường Sài Gòn",
        )
        open_account(by=ADMINISTRATOR, at=SENT, unit_code=school.name)
        assert answer_request(_json(school / "dang-ky.json"), at=SENT)["error"] == "0"
        approve(
            by=WARD_OFFICER,
            at=SENT,
            registration_id=CertificateRegistration.objects.latest("pk").pk,
        )
        for file in sorted(school.glob(f"{school.name}-*.json")):
            assert answer_request(_json(file), at=SENT)["Error"] == "0"
            process_package(
                IncomingPackage.objects.latest("pk").pk,
                clock=FixedClock(SENT),
                revocation=LocalRevocation(world, lambda: SENT),
            )
    outcomes = list(RecordOutcome.objects.all())
    assert [(one.accepted, one.sentence) for one in outcomes] == [(True, "")] * 4
    assert len({one.personal_id for one in outcomes}) == 4


def test_each_package_is_a_message_of_its_own(city: Path) -> None:
    numbers = {_json(file)["authenticationRequest"]["messageid"] for file in _packages(city)}
    assert len(numbers) == 2


def test_every_signature_is_rsa(city: Path) -> None:
    content = _json(_packages(city)[0])["content"]
    for document in read_package(content).records:
        facts = verify_signatures(document)
        assert [fact.algorithm.name for fact in facts] == ["RSA_PKCS1_SHA256"] * 9


def test_an_existing_folder_is_left_alone(city: Path) -> None:
    with pytest.raises(FileExistsError):
        write_city(city, schools=1, records=1)


def test_the_command_says_so(
    city: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, run: Callable[..., int]
) -> None:
    assert run("packages", str(city)) == 1
    assert "đã có" in capsys.readouterr().err
    assert run("packages", str(tmp_path / "new"), "--schools", "1", "--records", "1") == 0
    assert len(_packages(tmp_path / "new")) == 1


@pytest.mark.parametrize("wrong", [(), ("packages",), ("rows", "0"), ("rows", "x"), ("others",)])
def test_wrong_usage(wrong: tuple[str, ...], run: Callable[..., int]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(*wrong)
    assert stopped.value.code == 64


@pytest.fixture
def run() -> Callable[..., int]:
    """The command, with its arguments."""
    from hocba_server.synth.__main__ import main

    return lambda *arguments: main(list(arguments))


def _schools(city: Path) -> list[Path]:
    return sorted(path for path in city.iterdir() if path.name.startswith("79"))


def _packages(city: Path) -> list[Path]:
    return sorted(file for school in _schools(city) for file in school.glob("79*.json"))


def _json(file: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return value
