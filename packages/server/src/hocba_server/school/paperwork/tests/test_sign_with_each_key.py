"""Action: sign a paper, with a key at hand, the own device, or a key at a remote service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from hocba.errors import HocBaError, Refused
from hocba_certworld.csc.people import CscCredential
from hocba_certworld.softkey import SoftKey
from hocba_certworld.world import CertWorld
from hocba_server.school.paperwork import services
from hocba_server.school.paperwork.selectors import PAPERS, paper_task
from hocba_server.school.paperwork.tests.conftest import Ready
from hocba_server.school.paperwork.tests.papers import WAITING, Paper, code_of
from hocba_server.school.signing.models import PaperRound
from hocba_server.school.signing.paper_rounds import Offer
from hocba_server.school.tests.cast import (
    AT,
    CODE,
    HEAD_ID,
    HOMEROOM_ID,
    Cast,
    TestKeys,
)
from hocba_server.school.tests.remote_provider import PIN, Provider, running_provider

NAMES = sorted(WAITING)


def offer_of(key: SoftKey) -> Offer:
    return Offer(key.certificate.public_bytes(Encoding.DER), key.algorithm)


def test_every_paper_of_the_school_is_tried_here() -> None:
    assert {*WAITING, "dong-dau-giay-to"} == set(PAPERS)


@pytest.mark.parametrize("name", NAMES)
def test_a_key_at_hand_signs_at_once(name: str, ready: Ready, keys: TestKeys) -> None:
    paper, _ = ready(name)
    task = paper_task(paper.by, name)
    kept = services.sign_now(by=paper.by, at=AT, task=task, typed=paper.typed, keys=keys)
    assert kept.address.startswith("/truong/")
    assert paper.signed() == paper.papers


@pytest.mark.parametrize("name", NAMES)
def test_in_production_the_platform_holds_no_key(
    name: str, ready: Ready, keys: TestKeys, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper, _ = ready(name)
    settings.HOCBA_MODE = "production"  # type: ignore[attr-defined]
    monkeypatch.delenv("HOCBA_PKCS11_MODULE", raising=False)
    task = paper_task(paper.by, name)
    named = {"by": paper.by, "at": AT, "task": task, "typed": paper.typed, "keys": keys}
    assert code_of(lambda: services.sign_now(**named)) == "no_key"  # type: ignore[arg-type]
    assert paper.signed() == 0


@pytest.mark.parametrize("name", NAMES)
def test_the_own_device_signs_in_two_rounds(name: str, ready: Ready) -> None:
    paper, key = ready(name)
    task = paper_task(paper.by, name)
    out = services.next_round(by=paper.by, at=AT, task=task, typed=paper.typed, offer=offer_of(key))
    assert out.records == paper.papers
    assert paper.signed() == 0
    right = key.sign_digests(out.values)
    wrong = key.sign_digests([bytes(32) for _ in out.values])
    for signatures, at in ((right[:-1], AT), (wrong, AT), (right, AT + dt.timedelta(hours=1))):
        with pytest.raises(HocBaError):
            services.complete_round(by=paper.by, at=at, task=task, signatures=signatures)
    assert paper.signed() == 0
    kept = services.complete_round(by=paper.by, at=AT, task=task, signatures=right)
    assert paper.signed() == paper.papers
    assert not kept.more
    assert not PaperRound.objects.exists()
    # The same signatures again sign nothing.
    again = code_of(
        lambda: services.complete_round(by=paper.by, at=AT, task=task, signatures=right)
    )
    assert again == "no_round"


@pytest.mark.parametrize("name", NAMES)
def test_another_key_is_refused_before_anything_goes_out(
    name: str, ready: Ready, keys: TestKeys
) -> None:
    paper, key = ready(name)
    other = keys.key_for(HOMEROOM_ID)
    assert other.certificate != key.certificate
    task = paper_task(paper.by, name)
    code = code_of(
        lambda: services.next_round(
            by=paper.by, at=AT, task=task, typed=paper.typed, offer=offer_of(other)
        )
    )
    assert code in {"foreign_certificate", "certificate_without_number"}
    assert not PaperRound.objects.exists()


@pytest.mark.parametrize("name", [*NAMES, "dong-dau-giay-to"])
def test_nobody_else_signs_it(name: str, cast: Cast) -> None:
    for by in (cast.administrator, cast.music, cast.registrar):
        allowed = name == "ky-thu" and by is cast.music
        assert code_of(lambda by=by: paper_task(by, name)) == ("" if allowed else "role")  # type: ignore[misc]
    assert code_of(lambda: paper_task(cast.clerk, "giay-la")) == "not_found"


@pytest.fixture
def provider(world: CertWorld, keys: TestKeys, settings: object) -> Iterator[Provider]:
    settings.CSC_URL = "https://provider.test/csc/v2"  # type: ignore[attr-defined]
    own = (
        CscCredential("head", keys.key_for(HEAD_ID), PIN, multisign=2),
        CscCredential("head-otp", keys.key_for(HEAD_ID), PIN, otp=True, multisign=2),
        CscCredential("school", keys.organisation_key(CODE), PIN, multisign=10),
        CscCredential("colleague", keys.key_for(HOMEROOM_ID), PIN),
    )
    with running_provider(world, own) as running:
        yield running


def activate(paper: Paper, provider: Provider, credential: str, pin: str = PIN) -> bool:
    """Sign at the service; answers whether more papers wait."""
    task = paper_task(paper.by, paper.name)
    prepared = services.prepare_remote(
        by=paper.by,
        at=AT,
        task=task,
        service=provider.service,
        token=provider.token,
        credential_id=credential,
    )
    otp = ""
    if prepared.credential.auth.otp is not None:
        provider.service.send_challenge(provider.token, prepared.credential)
        otp = provider.codes[-1]
    kept = services.sign_remotely(
        by=paper.by,
        at=AT,
        task=task,
        service=provider.service,
        token=provider.token,
        prepared=prepared,
        pin=pin,
        otp=otp,
    )
    return kept.more


@pytest.mark.parametrize("name", NAMES)
def test_a_remote_service_signs(name: str, ready: Ready, provider: Provider) -> None:
    paper, _ = ready(name)
    task = paper_task(paper.by, name)
    services.go_remote(by=paper.by, at=AT, task=task, typed=paper.typed)
    offered = services.credentials(
        by=paper.by, task=task, service=provider.service, token=provider.token
    )
    school = "school" in {each.credential_id for each in offered}
    expected = ["school"] if school else ["head", "head-otp"]
    assert [each.credential_id for each in offered] == expected
    with pytest.raises(HocBaError):
        activate(paper, provider, expected[0], pin="000000")
    with pytest.raises(Refused):
        activate(paper, provider, "colleague")
    assert paper.signed() == 0
    assert not activate(paper, provider, expected[0])
    assert paper.signed() == paper.papers


def test_a_one_time_code_covers_a_part_and_the_rest_is_asked_again(
    ready: Ready, provider: Provider
) -> None:
    paper, _ = ready("ky-giay-to")
    task = paper_task(paper.by, paper.name)
    for left in (True, False):
        services.go_remote(by=paper.by, at=AT, task=task, typed=paper.typed)
        assert activate(paper, provider, "head-otp") is left
    assert paper.signed() == 3
