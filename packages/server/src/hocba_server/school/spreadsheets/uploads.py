"""What an upload page sent: files, the chosen period, the chosen sheet."""

from __future__ import annotations

from django.http import HttpRequest

from hocba.assessment.periods import Period
from hocba.errors import Malformed
from hocba_server.school.spreadsheets.bundle_services import UploadedFile

ACCEPT = ".xlsx,.xls,.ods,.csv,.tsv,.txt"
"""File names that the browser offers; what a file is, its bytes tell."""


def sent_files(request: HttpRequest) -> list[UploadedFile]:
    """The files of the form, empty when none was chosen."""
    return [UploadedFile(file.name or "tệp", file.read()) for file in request.FILES.getlist("file")]


def sent_period(request: HttpRequest) -> Period | None:
    """The period chosen on the page; None leaves it to the file."""
    return read_period(request.POST.get("period", ""))


def read_period(text: str) -> Period | None:
    """A period by its code, None for nothing. Raises `Malformed` with code `period`."""
    if not text:
        return None
    try:
        return Period(text)
    except ValueError:
        raise Malformed(
            "period", "Không có thời điểm đánh giá này.", "There is no such period."
        ) from None
