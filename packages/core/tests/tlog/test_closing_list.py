"""The signed list of a closed class: read back strictly, and every change of it shows."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hocba.errors import Malformed, NotTrusted
from hocba.ids import SchoolYear, UnitCode
from hocba.tlog.closing_list import (
    NO_FORMER,
    ClosingLine,
    ClosingList,
    ClosingRound,
    open_closing_list,
    parse_closing_list,
)

KEY = Ed25519PrivateKey.from_private_bytes(b"\1" * 32)
NAME = "nhatky.hocba.example/2026"
SALT = b"s" * 32
UUID = "00000000-0000-4000-8000-000000000001"


def sample(**changes: object) -> ClosingList:
    lines = tuple(ClosingLine.of(f"{UUID[:-1]}{n}", b"<HOC_BA/>", SALT) for n in (3, 1, 2))
    values = {
        "unit_code": UnitCode("00000401"),
        "school_year": SchoolYear("2025-2026"),
        "classroom_name": "4A1 sáng",
        "round": ClosingRound.MAIN,
        "number": 1,
        "former": NO_FORMER,
        "left_open": 1,
        "closed_at": dt.datetime(2026, 6, 29, 17, 0, 0, 5, tzinfo=dt.UTC),
        "lines": lines,
    }
    return ClosingList(**{**values, **changes})  # type: ignore[arg-type]


def signed(one: ClosingList) -> bytes:
    return one.sign(NAME, KEY.public_key(), KEY.sign)


def test_what_was_signed_is_read_back() -> None:
    one = sample()
    assert open_closing_list(signed(one), [KEY.public_key()], name=NAME) == one
    assert list(one.lines) == sorted(one.lines)
    assert one.holds(f"{UUID[:-1]}2", b"<HOC_BA/>", SALT)


def test_another_file_number_or_salt_is_not_on_it() -> None:
    one = sample()
    assert not one.holds(f"{UUID[:-1]}2", b"<HOC_BA></HOC_BA>", SALT)
    assert not one.holds(f"{UUID[:-1]}4", b"<HOC_BA/>", SALT)
    assert not one.holds(f"{UUID[:-1]}2", b"<HOC_BA/>", b"t" * 32)


def test_no_byte_can_be_changed() -> None:
    whole = signed(sample())
    for place in range(0, len(whole), 7):
        broken = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        with pytest.raises((Malformed, NotTrusted)):
            open_closing_list(broken, [KEY.public_key()], name=NAME)


def test_a_line_left_out_is_seen_without_any_key() -> None:
    lines = sample().text().split("\n")
    with pytest.raises(Malformed):
        parse_closing_list("\n".join(lines[:-2] + lines[-1:]))
    with pytest.raises(Malformed):
        parse_closing_list("\n".join([*lines[:-1], lines[-2], ""]))
    with pytest.raises(Malformed):
        parse_closing_list("\n".join([*lines[:-3], lines[-2], lines[-3], ""])), "not sorted"


def test_another_key_is_not_believed() -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"\2" * 32)
    with pytest.raises(NotTrusted):
        open_closing_list(signed(sample()), [other.public_key()], name=NAME)


@pytest.mark.parametrize(
    "changes",
    [
        {"classroom_name": " "},
        {"classroom_name": "4A\n1"},
        {"unit_code": UnitCode("a b")},
        {"number": 0},
        {"number": 2},
        {"former": "x"},
        {"lines": (ClosingLine(b"a" * 32, b"b" * 32), ClosingLine(b"a" * 32, b"c" * 32))},
        {"closed_at": dt.datetime(2026, 6, 29)},  # noqa: DTZ001 - the fault of the test
    ],
)
def test_what_is_no_list_is_never_signed(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a closing list"):
        sample(**changes)


def test_a_later_list_names_the_one_before() -> None:
    later = dataclasses.replace(sample(), number=2, former="ab" * 32)
    assert open_closing_list(signed(later), [KEY.public_key()], name=NAME).former == "ab" * 32
