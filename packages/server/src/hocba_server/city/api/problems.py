"""Refusals as problem details (RFC 9457): the code, the sentence in both languages, what to do."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja.errors import AuthenticationError, ValidationError

from hocba.errors import HocBaError, Malformed, Refused, Sentence, Unavailable
from hocba.packet.advice import advice_of
from hocba.packet.codes import ResponseCode, code_of_package_error

MEDIA_TYPE = "application/problem+json"
_C = ResponseCode
_STATUS = {
    _C.WRONG_ACCOUNT: HTTPStatus.UNAUTHORIZED,
    _C.SESSION_EXPIRED: HTTPStatus.UNAUTHORIZED,
    _C.WRONG_UNIT: HTTPStatus.FORBIDDEN,
    _C.CERTIFICATE_NOT_APPROVED: HTTPStatus.FORBIDDEN,
    _C.TOO_MANY_REQUESTS: HTTPStatus.TOO_MANY_REQUESTS,
    _C.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    _C.MESSAGE_ID_REUSED: HTTPStatus.CONFLICT,
    _C.SYSTEM_ERROR: HTTPStatus.SERVICE_UNAVAILABLE,
}
_NOT_FOUND = Sentence("Không tìm thấy.", "Not found.")
_WORDS = {
    "missing": Sentence("Thiếu tham số này.", "The parameter is missing."),
    "int_parsing": Sentence("Giá trị phải là số nguyên.", "The value must be a whole number."),
}
_WRONG = Sentence(
    "Giá trị không đúng dạng hoặc ngoài giới hạn.", "The value has the wrong form or is too large."
)


class Problem(Exception):
    """A refusal on its way to the answer."""

    def __init__(
        self,
        code: ResponseCode,
        detail: Sentence | None = None,
        *,
        field: str = "",
        status: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.detail = detail or code.sentence
        self.field = field
        self.status = int(status or _STATUS.get(code, HTTPStatus.UNPROCESSABLE_ENTITY))
        self.retry_after = retry_after

    def to_json(self) -> dict[str, Any]:
        """Return the members of the document."""
        advice = advice_of(self.code)
        members = {
            "type": f"{settings.PUBLIC_URL}/api/v2/tai-lieu#ma-{self.code.value}",
            "title": self.code.sentence.vi,
            "status": self.status,
            "detail": self.detail.vi,
            "code": self.code.value,
            "title_en": self.code.sentence.en,
            "detail_en": self.detail.en,
            "rule": advice.rule,
            "what_to_do": advice.what_to_do.vi,
            "what_to_do_en": advice.what_to_do.en,
        }
        return {**members, "field": self.field} if self.field else members

    def to_response(self) -> HttpResponse:
        """Return the answer."""
        response = JsonResponse(
            self.to_json(),
            status=self.status,
            content_type=MEDIA_TYPE,
            json_dumps_params={"ensure_ascii": False},
        )
        if self.status == HTTPStatus.UNAUTHORIZED:
            response["WWW-Authenticate"] = 'Bearer realm="hoc-ba-so", Signature realm="hoc-ba-so"'
        if self.retry_after is not None:
            response["Retry-After"] = str(self.retry_after)
        return response


def not_found() -> Problem:
    """What is not there, or belongs to another unit: the answer does not tell which."""
    return Problem(_C.RECALL_NOT_FOUND, _NOT_FOUND, status=HTTPStatus.NOT_FOUND)


def problem_of(error: HocBaError) -> Problem:
    """An error of the library as a problem."""
    if isinstance(error, Refused) and error.code == "not_found":
        return not_found()
    code = code_of_package_error(error)
    if isinstance(error, Malformed) and error.code == "json":
        code = _C.FIELD_TYPE
    if isinstance(error, Unavailable):
        code = _C.SYSTEM_ERROR
    return Problem(code, error.sentence, field=(error.where or "")[:200])


def handle_problem(_request: HttpRequest, error: Problem) -> HttpResponse:
    """For ninja."""
    return error.to_response()


def handle_library_error(_request: HttpRequest, error: HocBaError) -> HttpResponse:
    """For ninja."""
    return problem_of(error).to_response()


def handle_not_authenticated(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    """For ninja: neither a token nor a signature."""
    sentence = Sentence(
        "Yêu cầu không có token (Authorization: Bearer) và không có chữ ký (Signature).",
        "The request has neither a token (Authorization: Bearer) nor a signature (Signature).",
    )
    return Problem(_C.WRONG_ACCOUNT, sentence).to_response()


def handle_validation(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    """For ninja: a parameter of path or query is wrong. Names the first."""
    first = error.errors[0] if error.errors else {}
    field = ".".join(str(part) for part in first.get("loc", ())[1:])
    sentence = _WORDS.get(str(first.get("type")), _WRONG)
    code = _C.FIELD_MISSING if first.get("type") == "missing" else _C.FIELD_TYPE
    return Problem(code, sentence, field=field[:200]).to_response()
