"""The error families of the library. Nothing else escapes from it, whatever bytes it is given.

* `Refused`      a rule says no: the input is understood, the answer is no;
* `Malformed`    the input cannot be read: not XML, wrong tag, bad date, too large;
* `NotTrusted`   the input can be read, but a signature, certificate or proof does not hold;
* `Unavailable`  something outside could not be reached; says nothing about the input.

A programmer's mistake stays an assertion or a TypeError and is a defect.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence for a person, Vietnamese first and English second (design.md 5)."""

    vi: str
    en: str

    def __str__(self) -> str:
        return self.vi


class HocBaError(Exception):
    """Root of the families. `code` is stable and machine readable, `sentence` is for a person.

    `where` names the place in the input (a tag, a file and cell, a check), when there is one.
    """

    def __init__(self, code: str, vi: str, en: str, *, where: str | None = None) -> None:
        super().__init__(vi)
        self.code = code
        self.sentence = Sentence(vi, en)
        self.where = where

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.sentence.vi}"


class Refused(HocBaError):
    """A rule says no."""


class Malformed(HocBaError):
    """The input cannot be read as what it should be."""


class NotTrusted(HocBaError):
    """A signature, certificate, time-stamp or proof does not hold."""


class Unavailable(HocBaError):
    """Something outside could not be reached, so nothing could be decided."""
