"""The OpenAPI document as a page: chapters, operations, fields, in the page's language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation

from hocba.packet.advice import advice_of
from hocba.packet.codes import ResponseCode
from hocba_server.web.design.language import in_page_language

_SCHEMAS = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class FieldLine:
    """One parameter, or one field of an answer."""

    name: str
    kind: str
    required: bool
    words: str


@dataclass(frozen=True, slots=True)
class Example:
    """One body that a program may send."""

    media_type: str
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that a program can ask for."""

    anchor: str
    method: str
    path: str
    title: str
    words: str
    proof: bool
    """Needs a token or a signature."""
    parameters: tuple[FieldLine, ...]
    examples: tuple[Example, ...]
    success: str
    answer: tuple[FieldLine, ...]
    refusals: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """Operations about one thing."""

    title: str
    operations: tuple[Operation, ...]


def chapters(document: Mapping[str, Any]) -> list[Chapter]:
    """Chapters in the order of the document."""
    found: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            [tag, *_] = operation.get("tags", [""])
            found.setdefault(tag, []).append(_operation(document, path, method, operation))
    return [Chapter(half(tag), tuple(operations)) for tag, operations in found.items()]


def codes() -> list[dict[str, str]]:
    """Every answer code in the page's language."""
    return [
        {
            "code": code.value,
            "sentence": in_page_language(code.sentence),
            "rule": advice_of(code).rule,
            "what_to_do": in_page_language(advice_of(code).what_to_do),
        }
        for code in ResponseCode
    ]


def half(text: str) -> str:
    """The Vietnamese or the English half of a text of the document."""
    parts = text.split("\n\n") if "\n\n" in text else text.split(" / ")
    chosen = parts[-1] if translation.get_language() == "en" else parts[0]
    return " ".join(chosen.split())


def _operation(
    document: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]
) -> Operation:
    answers = operation["responses"]
    good = next(status for status in answers if int(status) < 400)
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        title=half(operation["summary"]),
        words=half(operation.get("description", "")),
        proof=bool(operation.get("security")),
        parameters=tuple(
            FieldLine(
                one["name"],
                _kind(one["schema"]),
                one["required"],
                half(one.get("description", "")),
            )
            for one in operation["parameters"]
        ),
        examples=tuple(_examples(operation)),
        success=str(good),
        answer=tuple(_fields(document, answers[good])),
        refusals=", ".join(str(status) for status in answers if int(status) >= 400),
    )


def _examples(operation: Mapping[str, Any]) -> list[Example]:
    content = operation.get("requestBody", {}).get("content", {})
    return [
        Example(
            media_type,
            body["example"]
            if isinstance(body["example"], str)
            else json.dumps(body["example"], ensure_ascii=False, indent=2),
        )
        for media_type, body in content.items()
        if "example" in body
    ]


def _fields(document: Mapping[str, Any], answer: Mapping[str, Any]) -> list[FieldLine]:
    content = answer.get("content")
    if not content:
        return []
    schema = next(iter(content.values()))["schema"]
    name = schema.get("$ref", "").removeprefix(_SCHEMAS)
    schema = document["components"]["schemas"].get(name, schema)
    required = set(schema.get("required", ()))
    return [
        FieldLine(field, _kind(details), field in required, half(details.get("description", "")))
        for field, details in schema.get("properties", {}).items()
    ]


def _kind(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_SCHEMAS)
    if "anyOf" in schema:
        return " | ".join(_kind(one) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}))}]"
    return str(schema.get("format") or schema.get("type") or schema.get("const") or "")
