"""Whatever a service says, reading it ends in a value or in one of our sentences."""

from __future__ import annotations

import base64
import json
import string
from typing import Any

import pytest
from asn1crypto import algos
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from hocba.errors import HocBaError, Refused, Unavailable
from hocba_server.adapters.remote_signing import fields
from hocba_server.adapters.remote_signing.algorithms import PSS_PARAMETERS
from hocba_server.adapters.remote_signing.credentials import read_credential, read_info
from hocba_server.adapters.remote_signing.expression import holds, named
from hocba_server.adapters.remote_signing.faults import refusal
from hocba_server.adapters.remote_signing.transport import checked_address

SCALAR = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["enabled", "valid", "explicit", "oauth2code", "Password", "PIN", "N", "1"])
)
WORDS = """key status algo len cert certificates auth mode expression objects type id format SCAL
multisign name specs authType methods oauth2 description"""
NAMES = st.sampled_from(tuple(WORDS.split()))
ANY_JSON = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=8),
    max_leaves=30,
)
OBJECTS = st.dictionaries(NAMES, ANY_JSON, max_size=10)


def good(keys: Any) -> dict[str, Any]:
    certificates = [keys["ec"].certificate, *keys["ec"].chain]
    ders = [one.public_bytes(Encoding.DER) for one in certificates]
    return {
        "key": {"status": "enabled", "algo": ["1.2.840.10045.4.3.2"], "len": 256},
        "cert": {"status": "valid", "certificates": [base64.b64encode(d).decode() for d in ders]},
        "auth": {"mode": "explicit", "objects": [{"type": "Password", "id": "PIN"}]},
        "SCAL": "2",
        "multisign": 5,
    }


@given(st.binary(max_size=300))
def test_any_bytes_are_json_or_a_sentence(content: bytes) -> None:
    try:
        assert isinstance(fields.read_object(content), dict)
    except Unavailable as fault:
        assert fault.code == "remote_answer"


@given(OBJECTS)
def test_any_object_is_information_or_a_sentence(answer: dict[str, Any]) -> None:
    for read in (read_info, lambda found: read_credential("x", found)):
        try:
            read(answer)
        except (Unavailable, Refused) as fault:
            assert fault.code in {"remote_answer", "remote_credential"}


@given(data=st.data())
def test_a_credential_with_one_thing_wrong(data: st.DataObject, keys: Any) -> None:
    answer = json.loads(json.dumps(good(keys)))
    assert read_credential("x", answer).multisign == 5
    place = answer
    name = data.draw(st.sampled_from(sorted(answer)))
    while isinstance(place[name], dict) and data.draw(st.booleans()):
        place = place[name]
        name = data.draw(st.sampled_from(sorted(place)))
    if data.draw(st.booleans()):
        del place[name]
    else:
        place[name] = data.draw(ANY_JSON)
    try:
        read = read_credential("x", answer)
    except (Unavailable, Refused) as fault:
        assert fault.code in {"remote_answer", "remote_credential"}
    else:
        assert read.certificate == keys["ec"].certificate
        assert read.multisign >= 1
        assert read.scal in {1, 2}


@given(st.integers(0, 2**70), st.text(max_size=80), st.text(max_size=80))
def test_any_error_becomes_a_sentence(status: int, error: str, description: str) -> None:
    fault = refusal(status, error, description)
    assert isinstance(fault, HocBaError)
    assert fault.sentence.vi
    assert fault.sentence.en
    assert description not in fault.sentence.vi or len(description) < 4


@given(st.text(alphabet=string.ascii_letters + "+/=- \n", max_size=60))
def test_base64_is_read_one_way(value: str) -> None:
    try:
        assert base64.b64encode(fields.octets(value, "x")).decode() == value
    except Unavailable as fault:
        assert fault.code == "remote_answer"


EXPRESSIONS = st.recursive(
    st.sampled_from(["PIN", "OTP", "APP"]),
    lambda inner: st.tuples(inner, st.sampled_from(["AND", "OR", "XOR"]), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    max_leaves=12,
)


@given(EXPRESSIONS, st.sets(st.sampled_from(["PIN", "OTP", "APP"])))
def test_expressions_mean_what_they_say(expression: str, shown: set[str]) -> None:
    python = (
        expression.replace("AND", "&")
        .replace("XOR", "^")
        .replace("OR", "|")
        .replace("PIN", str("PIN" in shown))
        .replace("OTP", str("OTP" in shown))
        .replace("APP", str("APP" in shown))
    )
    assert holds(expression, frozenset(shown)) == bool(eval(python))  # noqa: S307 - our own text
    assert named(expression) <= {"PIN", "OTP", "APP"}


@given(st.text(alphabet="PINAOTXRD() ", max_size=40))
def test_any_text_is_an_expression_or_none(text: str) -> None:
    try:
        holds(text, frozenset({"PIN"}))
    except ValueError:
        return


@pytest.mark.parametrize(
    ("expression", "shown", "value"),
    [
        ("PIN AND OTP OR APP", {"APP"}, True),
        ("PIN OR OTP AND APP", {"PIN"}, True),
        ("PIN XOR OTP", {"PIN", "OTP"}, False),
        ("PIN AND (OTP OR APP)", {"PIN"}, False),
    ],
)
def test_and_binds_first(expression: str, shown: set[str], value: bool) -> None:
    assert holds(expression, frozenset(shown)) is value


@pytest.mark.parametrize("text", ["", "PIN OTP", "PIN AND", "AND", "(PIN", "PIN)", "()", "P" * 600])
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        holds(text, frozenset())


def test_the_parameters_of_pss_say_sha256() -> None:
    read = algos.RSASSAPSSParams.load(PSS_PARAMETERS, strict=True)
    assert read["hash_algorithm"]["algorithm"].native == "sha256"
    assert read["mask_gen_algorithm"]["parameters"]["algorithm"].native == "sha256"
    assert read["salt_length"].native == 32


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://csc.test/csc/v2",
        "http://127.0.0.1.evil.test/",
        "https://",
        "https://ai:do@csc.test/",
        "https://csc.test/?a=b",
        "https://csc.test/#x",
        "https://csc.test/a b",
        "https://csc.test/\r\nx",
        "https://csc.test:99999/",
        "ftp://csc.test/",
        "https://[::1",
    ],
)
def test_addresses_that_are_not_taken(url: str) -> None:
    with pytest.raises(Unavailable) as fault:
        checked_address(url)
    assert fault.value.code == "remote_settings"


@pytest.mark.parametrize(
    "url", ["https://csc.test/csc/v2/", "http://127.0.0.1:8010/csc/v2", "http://[::1]:8/x"]
)
def test_addresses_that_are_taken(url: str) -> None:
    assert checked_address(url) == url.rstrip("/")
