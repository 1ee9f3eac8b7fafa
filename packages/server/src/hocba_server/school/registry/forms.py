"""Fields of the registrar's pages, and reading what was typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from django.contrib import messages
from django.http import HttpRequest

from hocba.errors import HocBaError, Refused, Sentence
from hocba_server.school.registry.attachments import Upload
from hocba_server.school.registry.pupil_values import EDITABLE, LABELS, clean
from hocba_server.web.design.language import in_page_language

T = TypeVar("T")
GENDERS: Final = (("Nam", "Nam"), ("Nữ", "Nữ"))
_HELP: Final[Mapping[str, Sentence]] = {
    "full_name": Sentence("Như giấy khai sinh", "As on the birth certificate"),
    "birth_date": Sentence("dd/mm/yyyy, ví dụ 05/09/2019", "dd/mm/yyyy, such as 05/09/2019"),
    "birth_place": Sentence(
        "Như giấy khai sinh, ví dụ: Bệnh viện, phường, tỉnh", "As on the birth certificate"
    ),
    "mother_name": Sentence(
        "Không rõ thì ghi “Không có thông tin”", "If unknown write “Không có thông tin”"
    ),
    "personal_id": Sentence(
        "12 chữ số; chưa được cấp thì để trống", "12 digits; empty if there is none yet"
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a form as the template shows it."""

    name: str
    label: Sentence
    value: str
    help: Sentence | None = None
    choices: Sequence[tuple[str, str]] = ()
    seen: str | None = None
    """The value that the page showed when it was opened; sent along to find what changed."""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a form: done, or the sentence and the field that it is about."""

    done: bool
    where: str = ""
    sentence: str = ""
    code: str = ""


def try_form(request: HttpRequest, work: Callable[[], object]) -> Tried:
    """Do the work; a refusal becomes a message and names its field. Role and place still raise."""
    try:
        work()
    except HocBaError as fault:
        if isinstance(fault, Refused) and fault.code in {"role", "not_found"}:
            raise
        sentence = in_page_language(fault.sentence)
        messages.error(request, sentence)
        return Tried(False, fault.where or "", sentence, fault.code)
    return Tried(True)


def pupil_entries(
    values: Mapping[str, str],
    *,
    names: Sequence[str] = EDITABLE,
    seen: Mapping[str, str] | None = None,
    tried: Tried | None = None,
) -> list[Entry]:
    """The fields of a pupil's data with what is known or typed."""
    return [
        Entry(
            name=name,
            label=LABELS[name],
            value=values.get(name, ""),
            help=_HELP.get(name),
            choices=GENDERS if name == "gender" else (),
            seen=seen.get(name) if seen is not None else None,
            error=tried.sentence if tried and tried.where == name else "",
        )
        for name in names
    ]


def posted(request: HttpRequest, names: Sequence[str]) -> dict[str, str]:
    """The typed texts of these fields; a field that was not sent is left out."""
    return {name: request.POST[name] for name in names if name in request.POST}


def read_day(text: str, where: str = "day") -> dt.date:
    """Read a calendar day, dd/mm/yyyy or as the browser sends it. Raises `Refused`."""
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(clean(text), form).date()  # noqa: DTZ007 - a calendar day
        except ValueError:
            continue
    raise Refused(
        "day",
        f"“{clean(text)[:20]}” không phải ngày. Ghi dạng dd/mm/yyyy.",
        "This is not a date; write dd/mm/yyyy.",
        where=where,
    )


def upload_of(request: HttpRequest, name: str = "file") -> Upload | None:
    """The chosen file, or None. Its size is bounded by the platform before it is read."""
    file = request.FILES.get(name)
    return Upload(file.name or "", file.read()) if file is not None else None


def required_upload(request: HttpRequest, name: str = "file") -> Upload:
    """The chosen file. Raises `Refused` with code `file_missing`."""
    upload = upload_of(request, name)
    if upload is None:
        raise Refused(
            "file_missing",
            "Chưa chọn tệp đính kèm. Chọn bản quét PDF hoặc ảnh của quyết định.",
            "No file chosen. Choose the scan of the decision.",
            where=name,
        )
    return upload


def number(text: str | None) -> int:
    """An identifier of a form; anything else is 0, which no row has."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0
