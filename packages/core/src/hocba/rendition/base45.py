"""Base45 (RFC 9285): bytes as the letters of a QR code's alphanumeric mode, three for two bytes."""

from __future__ import annotations

from typing import Final

from hocba.errors import Malformed

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES: Final = {letter: value for value, letter in enumerate(ALPHABET)}
_BASE: Final = len(ALPHABET)


def encode(data: bytes) -> str:
    """Write bytes as letters."""
    out = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, rest = divmod(number, _BASE)
            out.append(ALPHABET[rest])
    return "".join(out)


def decode(text: str) -> bytes:
    """Read letters. Raises `Malformed` with code `base45`."""
    out = bytearray()
    for at in range(0, len(text), 3):
        group = text[at : at + 3]
        try:
            number = sum(_VALUES[letter] * _BASE**power for power, letter in enumerate(group))
            out += number.to_bytes(len(group) - 1, "big") if len(group) > 1 else _lonely()
        except (KeyError, OverflowError):
            raise _malformed() from None
    return bytes(out)


def _lonely() -> bytes:
    raise _malformed()


def _malformed() -> Malformed:
    return Malformed(
        "base45",
        "Chữ của mã không đúng dạng: quét lại mã, hoặc chép lại cho đủ.",
        "The letters of the code are malformed: scan it again or copy it whole.",
    )
