"""What a result page offers: reports and receipts to keep, and the table over many files.

Downloads stand in the page itself (`data:` addresses): nothing of a file that somebody verified is
kept by the department, not even for minutes.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from hocba.errors import Unavailable
from hocba.verify.technical import technical_json, technical_xml
from hocba.verify.verdict import Verdict
from hocba_server.city.portal import services


@dataclass(frozen=True, slots=True)
class Download:
    """A file inside the page."""

    title: str
    filename: str
    address: str


def _download(title: str, filename: str, kind: str, content: bytes) -> Download:
    return Download(title, filename, f"data:{kind};base64,{base64.b64encode(content).decode()}")


def downloads(verified: services.Verified) -> list[Download]:
    """The technical report in both forms, and the signed receipt."""
    report, data = verified.report, verified.file.data
    told = json.dumps(technical_json(report, data), ensure_ascii=False, indent=2).encode()
    found = [
        _download(
            gettext("Báo cáo kỹ thuật (XML)"),
            "bao-cao-xac-thuc.xml",
            "application/xml",
            technical_xml(report, data),
        ),
        _download(
            gettext("Báo cáo kỹ thuật (JSON)"), "bao-cao-xac-thuc.json", "application/json", told
        ),
    ]
    try:
        receipt = services.receipt_of(verified)
    except Unavailable:
        return found  # the verdict stands without it
    name = gettext("Biên nhận xác thực có chữ ký của Sở")
    return [_download(name, "bien-nhan-xac-thuc.txt", "text/plain", receipt), *found]


def many_context(found: Sequence[services.Verified]) -> dict[str, Any]:
    """Counts first, then every file with its verdict; what is not valid stands first."""
    order = (Verdict.INVALID, Verdict.UNDETERMINED, Verdict.VALID)
    counts = Counter(each.report.verdict for each in found)
    told = [technical_json(each.report, each.file.data) for each in found]
    content = json.dumps(told, ensure_ascii=False, indent=1).encode()
    title = gettext("Báo cáo kỹ thuật của mọi tệp (JSON)")
    return {
        "results": sorted(found, key=lambda each: order.index(each.report.verdict)),
        "total": len(found),
        "valid": counts[Verdict.VALID],
        "invalid": counts[Verdict.INVALID],
        "undetermined": counts[Verdict.UNDETERMINED],
        "downloads": [_download(title, "bao-cao-xac-thuc.json", "application/json", content)],
    }
