"""The demo's signing service checks what the specification says that a service checks."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import timedelta
from typing import Any

import pytest

from hocba.trust.algorithms import SignatureAlgorithm, verify_digest
from hocba_certworld.csc.application import METHODS
from hocba_certworld.csc.people import (
    DEMO_PIN,
)
from hocba_certworld.csc.protocol import SHA256, Asked
from hocba_certworld.softkey import SoftKey

DIGESTS = [hashlib.sha256(bytes([number])).digest() for number in range(4)]
HASHES = [base64.b64encode(one).decode() for one in DIGESTS]
RSA, PSS, ECDSA = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.10045.4.3.2"


def said(answer: tuple[int, Any]) -> tuple[int, str, str]:
    status, content = answer
    return status, content["error"], content["error_description"]


def bad(description: str, error: str = "invalid_request", status: int = 400) -> Any:
    return status, error, description


def test_information_names_every_method(desk: Any) -> None:
    status, info = desk.post("info", {"lang": "vi"}, token="")
    assert status == 200
    wanted = {"specs", "name", "logo", "region", "lang", "description", "authType", "oauth2"}
    assert wanted | {"methods", "signAlgorithms"} <= set(info)
    assert set(info["methods"]) == {path for _, path in METHODS} - {"info"}


def test_what_is_no_method(desk: Any) -> None:
    assert desk.post("signatures/signDoc", {})[0] == 501
    assert desk.service.answer(Asked("GET", "info")).status == 405


@pytest.mark.parametrize(
    "asked",
    [
        Asked("POST", "info", "", {"content-type": "text/plain"}, b"{}"),
        Asked("POST", "info", "", {"content-type": "application/json"}, b"[]"),
        Asked("POST", "info", "", {"content-type": "application/json"}, b"{"),
        Asked("POST", "info", "", {"content-type": "application/json"}, b"[" * 100_000),
        Asked("POST", "oauth2/token", "", {"content-type": "application/json"}, b"{}"),
        Asked(
            "POST",
            "oauth2/token",
            "",
            {"content-type": "application/x-www-form-urlencoded"},
            b"code=1&code=2",
        ),
    ],
)
def test_requests_of_the_wrong_form(desk: Any, asked: Asked) -> None:
    answer = desk.service.answer(asked)
    assert (answer.status, json.loads(answer.body)["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("header", "status"),
    [("", 401), ("Digest x", 401), ("Basic !", 400), ("Basic eA==", 400), ("Basic dTp4", 400)],
)
def test_signing_in_wrongly(desk: Any, header: str, status: int) -> None:
    headers = {"content-type": "application/json", "authorization": header}
    assert desk.service.answer(Asked("POST", "auth/login", "", headers, b"{}")).status == status


@pytest.mark.parametrize(
    "path", [path for method, path in METHODS if path[0] in "cs" and method == "POST"]
)
def test_every_method_wants_a_live_token(desk: Any, path: str) -> None:
    assert said(desk.post(path, {}, "")) == bad("Malformed authorization header")
    assert said(desk.post(path, {}, "x"))[:2] == (401, "invalid_token")
    desk.moment += timedelta(hours=1)
    assert said(desk.post(path, {}))[:2] == (401, "expired_token")


def test_a_refresh_token_opens_nothing(desk: Any) -> None:
    _, tokens = desk.exchange(desk.code())
    assert desk.post("credentials/list", {}, tokens["access_token"])[0] == 200
    assert desk.post("credentials/list", {}, tokens["refresh_token"])[0] == 401


def test_revoked_tokens(desk: Any) -> None:
    other = desk.login("v")[1]["access_token"]
    assert desk.post("auth/revoke", {"token": other})[0] == 400
    assert desk.post("auth/revoke", {"token": desk.token}) == (204, None)
    assert desk.post("credentials/list", {})[0] == 401


def test_listing(desk: Any) -> None:
    assert desk.post("credentials/list", {})[1]["credentialIDs"][0] == "pin"
    asked = {"onlyValid": True, "credentialInfo": True, "certificates": "chain", "authInfo": True}
    _, content = desk.post("credentials/list", asked)
    assert content["onlyValid"] is True
    assert "off" not in content["credentialIDs"]
    first = content["credentialInfos"][0]
    assert first["auth"]["objects"][0]["id"] == "PIN"
    assert len(first["cert"]["certificates"]) == 2
    wrong = [{"userID": "u"}, {"onlyValid": "x"}, {"credentialInfo": True, "certificates": "all"}]
    for content in wrong:
        assert desk.post("credentials/list", content)[0] == 400


def test_describing(desk: Any) -> None:
    asked = {"credentialID": "rsa", "certInfo": True}
    _, content = desk.post("credentials/info", asked)
    assert content["key"] == {"status": "enabled", "algo": [RSA, f"{RSA}1", PSS], "len": 2048}
    assert re.fullmatch(r"[0-9]{14}Z", content["cert"]["validTo"])
    assert "objects" not in content["auth"]
    assert said(desk.post("credentials/info", {})) == bad(
        "Missing (or invalid type) string parameter credentialID"
    )
    assert said(desk.post("credentials/info", {"credentialID": "no"})) == bad(
        "Invalid parameter credentialID"
    )


@pytest.mark.parametrize(
    ("changes", "description"),
    [
        ({"credentialID": 5}, "Missing (or invalid type) string parameter credentialID"),
        ({"credentialID": "x"}, "Invalid parameter credentialID"),
        ({"credentialID": "off"}, "The credential identified by credentialID is disabled"),
        ({"credentialID": "web"}, "The credential is authorised with OAuth 2.0"),
        ({"numSignatures": "2"}, "Missing (or invalid type) integer parameter numSignatures"),
        ({"numSignatures": True}, "Missing (or invalid type) integer parameter numSignatures"),
        ({"numSignatures": None}, "Missing (or invalid type) integer parameter numSignatures"),
        ({"numSignatures": 0}, "Invalid value for parameter numSignatures"),
        ({"numSignatures": 4}, "Numbers of signatures is too high"),
        ({"numSignatures": 1}, "Numbers of signatures is too high"),
        ({"hashes": None}, "Missing (or invalid type) array parameter hashes"),
        ({"hashes": HASHES[0]}, "Missing (or invalid type) array parameter hashes"),
        ({"hashes": []}, "Empty hash array"),
        ({"hashes": ["!"]}, "Invalid Base64 hash string parameter"),
        ({"hashes": [5]}, "Invalid Base64 hash string parameter"),
        ({"hashes": [HASHES[0][:-1]]}, "Invalid Base64 hash string parameter"),
        ({"hashes": ["AAAA"]}, "Invalid digest value length"),
        (
            {"hashAlgorithmOID": None},
            "Missing (or invalid type) string parameter hashAlgorithmOID",
        ),
        ({"hashAlgorithmOID": "1.3.14.3.2.26"}, "Invalid parameter hashAlgorithmOID"),
        ({"authData": None}, "Missing (or invalid type) array parameter authData"),
        ({"authData": ["PIN"]}, "Invalid parameter authData"),
        ({"authData": [{"id": "PIN", "value": "1"}] * 2}, "Invalid parameter authData"),
        ({"authData": [{"id": "PUK", "value": "1"}]}, "Invalid parameter authData"),
        ({"authData": [{"id": "PIN", "value": 246810}]}, "Invalid parameter authData"),
    ],
)
def test_authorising_wrongly(desk: Any, changes: Any, description: str) -> None:
    assert said(desk.activate(**changes)) == bad(description)


def test_three_wrong_pins_lock_and_a_right_one_forgives(desk: Any) -> None:
    wrong = [{"id": "PIN", "value": "1"}]
    invalid = bad("The authentication data is invalid", "invalid_authentication_data")
    for _ in range(2):
        assert said(desk.activate(authData=wrong)) == invalid
    assert desk.activate()[0] == 200
    for _ in range(2):
        assert said(desk.activate(authData=wrong)) == invalid
    assert said(desk.activate(authData=wrong)) == bad("Credential locked")
    assert said(desk.activate()) == bad("Credential locked")
    assert desk.activate("pin1")[0] == 200


def test_one_time_codes(desk: Any) -> None:
    for method in ("credentials/getChallenge", "credentials/sendOTP"):
        asked = {"credentialID": "otp", "authObjectID": "OTP"}
        assert desk.post(method, asked) == (204, None)
    assert desk.post("credentials/sendOTP", {"credentialID": "pin"})[0] == 400
    for wrong in ({"credentialID": "otp"}, {"credentialID": "pin", "authObjectID": "OTP"}):
        assert said(desk.post("credentials/getChallenge", wrong)) == bad(
            "Invalid parameter authObjectID"
        )
    old, new = desk.otps

    def entered(code: str) -> int:
        data = [{"id": "PIN", "value": DEMO_PIN}, {"id": "OTP", "value": code}]
        return int(desk.activate("otp", authData=data)[0])

    assert [entered(code) for code in (old if old != new else "", new, new)] == [400, 200, 400]


def test_waiting_for_the_app(desk: Any) -> None:
    data = [{"id": "PIN", "value": DEMO_PIN}, {"id": "APP"}]
    assert desk.activate("app", authData=data[:1])[0] == 400
    assert desk.activate("app", authData=[data[0], {"id": "APP", "value": "x"}])[0] == 400
    status, handle = desk.activate("app", authData=data)
    assert status == 202
    assert desk.post("credentials/authorizeCheck", handle) == (202, handle)
    desk.service.approve("app")
    assert "SAD" in desk.post("credentials/authorizeCheck", handle)[1]
    assert said(desk.post("credentials/authorizeCheck", handle)) == bad("Invalid parameter handle")


@pytest.mark.parametrize(
    ("changes", "description"),
    [
        ({"SAD": None}, "Missing (or invalid type) string parameter SAD"),
        ({"SAD": "x"}, "Invalid parameter SAD"),
        ({"credentialID": "pin1"}, "Invalid parameter SAD"),
        ({"hashes": None}, "Missing (or invalid type) array parameter hashes"),
        ({"hashes": HASHES[1:3]}, "Hash is not authorized by the SAD"),
        ({"hashes": [HASHES[0]] * 2}, "Hash is not authorized by the SAD"),
        ({"hashes": HASHES[:3]}, "Numbers of signatures is too high"),
        ({"signAlgo": None}, "Missing (or invalid type) string parameter signAlgo"),
        ({"signAlgo": RSA}, "Invalid parameter signAlgo"),
        ({"hashAlgorithmOID": "1.3.14.3.2.26"}, "Invalid parameter hashAlgorithmOID"),
        ({"operationMode": "B"}, "Invalid parameter operationMode"),
        ({"operationMode": "A"}, "Invalid parameter operationMode"),
        ({"validity_period": 5}, "Invalid parameter validity_period"),
    ],
)
def test_signing_wrongly_signs_nothing(desk: Any, changes: Any, description: str) -> None:
    sad = desk.activate()[1]["SAD"]
    assert said(desk.sign(sad, **changes)) == bad(description)
    assert desk.sign(sad)[0] == 200


@pytest.mark.parametrize("name", ["pin", "pin1"])
def test_a_sad_is_for_one_call_and_so_many_signatures(desk: Any, name: str) -> None:
    sad = desk.activate(name, 3, hashes=HASHES[:3])[1]["SAD"]
    assert desk.sign(sad, name)[0] == 200
    rest = HASHES[2:3]
    assert said(desk.sign(sad, name, hashes=rest)) == bad("Invalid parameter SAD")
    asked = {"credentialID": name, "SAD": sad, "hashes": rest, "hashAlgorithmOID": SHA256}
    assert said(desk.post("credentials/extendTransaction", asked | {"hashes": HASHES[3:]})) == bad(
        "Hash is not authorized by the SAD"
    )
    assert said(desk.post("credentials/extendTransaction", asked | {"hashes": HASHES})) == bad(
        "Numbers of signatures is too high"
    )
    new = desk.post("credentials/extendTransaction", asked)[1]["SAD"]
    assert desk.post("credentials/extendTransaction", asked)[0] == 400
    assert desk.sign(new, name, hashes=rest)[0] == 200
    for replayed in (sad, new):
        assert said(desk.sign(replayed, name)) == bad("Invalid parameter SAD")


def test_a_sad_without_digests_counts(desk: Any) -> None:
    """SCAL1 may leave them out; the number still holds."""
    sad = desk.activate("pin1", 2, hashes=None, hashAlgorithmOID=None)[1]["SAD"]
    assert desk.sign(sad, "pin1", hashes=HASHES[:3])[0] == 400
    assert desk.sign(sad, "pin1", hashes=HASHES[2:])[0] == 200
    assert desk.sign(sad, "pin1", hashes=HASHES[:1])[0] == 400


def test_things_end(desk: Any) -> None:
    sad = desk.activate()[1]["SAD"]
    code = desk.code()
    desk.moment += timedelta(minutes=5)
    assert said(desk.sign(sad)) == bad("SAD expired")
    assert said(desk.exchange(code))[1] == "invalid_grant"
    desk.moment += timedelta(minutes=26)
    sad = desk.activate("short")[1]["SAD"]
    assert said(desk.sign(sad, "short")) == bad("Signing certificate is expired")


@pytest.mark.parametrize(
    ("algorithm", "extra", "name"),
    [
        (RSA, {"hashAlgorithmOID": SHA256}, "RSA_PKCS1_SHA256"),
        (f"{RSA}1", {}, "RSA_PKCS1_SHA256"),
        (PSS, {"hashAlgorithmOID": SHA256}, "RSA_PSS_SHA256"),
    ],
)
def test_rsa_signs_as_asked(
    desk: Any, keys: dict[str, SoftKey], algorithm: str, extra: Any, name: str
) -> None:
    if algorithm == PSS:
        extra = extra | {"signAlgoParams": pss_parameters("sha256", 32)}
    sad = desk.activate("rsa")[1]["SAD"]
    status, content = desk.sign(sad, "rsa", signAlgo=algorithm, **extra)
    assert status == 200
    for digest, value in zip(DIGESTS[:2], content["signatures"], strict=True):
        public = keys["rsa"].certificate.public_key()
        verify_digest(public, SignatureAlgorithm[name], digest, base64.b64decode(value))


def pss_parameters(digest: str, salt: int) -> str:
    from asn1crypto import algos

    parameters = algos.RSASSAPSSParams(
        {
            "hash_algorithm": {"algorithm": digest},
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": digest}},
            "salt_length": salt,
        }
    )
    return base64.b64encode(parameters.dump()).decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"signAlgo": RSA},
        {"signAlgo": PSS, "hashAlgorithmOID": SHA256},
        {"signAlgo": PSS, "hashAlgorithmOID": SHA256, "signAlgoParams": "MAA="},
        {"signAlgo": PSS, "hashAlgorithmOID": SHA256, "signAlgoParams": "!"},
        {
            "signAlgo": PSS,
            "hashAlgorithmOID": SHA256,
            "signAlgoParams": pss_parameters("sha256", 20),
        },
        {
            "signAlgo": PSS,
            "hashAlgorithmOID": SHA256,
            "signAlgoParams": pss_parameters("sha512", 32),
        },
    ],
)
def test_rsa_asked_wrongly(desk: Any, changes: Any) -> None:
    sad = desk.activate("rsa")[1]["SAD"]
    assert desk.sign(sad, "rsa", **changes)[0] == 400


def test_signatures_made_later(desk: Any) -> None:
    desk.service.office.asynchronous = True
    status, response = desk.sign(desk.activate()[1]["SAD"], operationMode="A", validity_period=9)
    asked = {"requestID": response["responseID"]}
    assert status == 200
    assert desk.post("signatures/signPolling", asked)[0] == 202
    stranger = desk.login("v")[1]["access_token"]
    assert desk.post("signatures/signPolling", asked, stranger)[0] == 400
    assert len(desk.post("signatures/signPolling", asked)[1]["signatures"]) == 2
    assert desk.post("signatures/signPolling", asked)[0] == 400
