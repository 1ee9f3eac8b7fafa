"""Which pages may ask at all."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hocba_agent.origins import check_host, parse_origin
from hocba_agent.refusals import Refusal


@pytest.mark.parametrize(
    "origin",
    [
        "https://hocba.truong.edu.vn",
        "https://hocba.truong.edu.vn:8443",
        "https://xn--trng-8ra.vn",
        "https://203.113.1.2",
        "https://[2001:db8::1]:8443",
        "http://localhost:8000",
        "http://127.0.0.1:8000",
        "http://[::1]:8000",
        "http://localhost",
    ],
)
def test_origins_as_browsers_write_them_may_be_paired(origin: str) -> None:
    assert parse_origin(origin) == origin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "hocba.truong.edu.vn",
        "http://hocba.truong.edu.vn",
        "http://192.168.1.10:8000",
        "http://127.0.0.1.la.example",
        "http://localhost.la.example",
        "https://hocba.truong.edu.vn/",
        "https://hocba.truong.edu.vn/a",
        "https://hocba.truong.edu.vn:443",
        "http://localhost:80",
        "https://hocba.truong.edu.vn:0",
        "https://hocba.truong.edu.vn:65536",
        "https://hocba.truong.edu.vn:08443",
        "https://Hocba.truong.edu.vn",
        "https://học-bạ.vn",
        "https://a@b.vn",
        "https://a b.vn",
        "https://a.vn\n",
        "https://a.vn https://b.vn",
        "https://.vn",
        "https://a..vn",
        "https://-a.vn",
        "https://1.2.3.300",
        "https://127.1",
        "https://[::1",
        "https://[1.2.3.4]",
        "https://[0:0::1]",
        "ftp://a.vn",
        "file://",
        "chrome-extension://abcdefghijklmnop",
        "https://" + "a." * 140 + "vn",
    ],
)
def test_everything_else_is_nobody(text: str) -> None:
    assert parse_origin(text) is None


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    parsed = parse_origin(text)
    assert parsed is None or parsed == text


PIECES = st.sampled_from(
    [
        *("https://", "http://", "localhost", "127.0.0.1", "a", "vn", ".", ":", "8000", "443"),
        *("80", "[::1]", "[", "]", "@", "/", "?", "#", "-", "xn--", "\\", "%", "٣", "\x00", "0x7f"),
    ]
)


@given(st.lists(PIECES, max_size=8).map("".join))
def test_what_is_accepted_is_secure_and_exactly_an_origin(text: str) -> None:
    """Whatever pieces it is made of: a URL reader must see the same scheme, host and port."""
    if parse_origin(text) is None:
        return
    read = urlsplit(text)
    assert (read.path, read.query, read.fragment, read.username) == ("", "", "", None)
    host = read.hostname or ""
    assert host
    shown = f"[{host}]" if ":" in host else host
    assert text == f"{read.scheme}://{shown}" + ("" if read.port is None else f":{read.port}")
    if read.scheme == "http":
        assert host == "localhost" or ipaddress.ip_address(host).is_loopback


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        ["la.example:14500"],
        ["localhost:14500"],
        ["127.0.0.1"],
        ["127.0.0.1:14501"],
        ["127.0.0.1:14500 "],
        ["127.0.0.1:14500", "127.0.0.1:14500"],
    ],
)
def test_a_rebound_name_is_refused(hosts: list[str]) -> None:
    with pytest.raises(Refusal) as refusal:
        check_host(hosts, 14500)
    assert refusal.value.code == "bad-host"


def test_the_own_address_is_answered() -> None:
    check_host(["127.0.0.1:14500"], 14500)
