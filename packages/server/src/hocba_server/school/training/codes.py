"""Codes and names of training schools. Pure: who sees one knows that it is no real school."""

from __future__ import annotations

import re
from typing import Final

MARK: Final = "TH"
"""Letters: school codes have digits only (QĐ 1789 Điều 2.17), so the two never meet. No hyphen:
certificates name a school by digits and letters."""
NAME_SIGN: Final = "(TẬP HUẤN)"
LABEL: Final = "TẬP HUẤN"
NAME_LIMIT: Final = 150
_REAL_CODE: Final = re.compile(r"[0-9]{1,14}")
_TRAINING_CODE: Final = re.compile(r"[0-9]{1,14}TH[0-9]*")


def may_have_training(code: str) -> bool:
    """Only digits, and room for the letters and the number of the reset."""
    return _REAL_CODE.fullmatch(code) is not None


def training_code(code: str) -> str:
    """The code of the training school of a school: `79267400001TH`."""
    return f"{code}{MARK}"


def closed_code(code: str, reset_count: int) -> str:
    """The code that a training school keeps after a reset: `79267400001TH1`."""
    return f"{code}{MARK}{reset_count + 1}"


def is_training_code(code: str) -> bool:
    """Tell a training school, open or closed, by its code."""
    return _TRAINING_CODE.fullmatch(code) is not None


def training_name(name: str) -> str:
    """The name, cut where needed so that it always ends with the sign."""
    return f"{name[: NAME_LIMIT - len(NAME_SIGN) - 1].rstrip()} {NAME_SIGN}"
