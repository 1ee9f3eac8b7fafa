"""The learner pays nothing and no feature depends on payment (design: invariant 9).

What does not exist cannot be tried. A charge would need a name in a program, a sentence on a page,
an address, a column, a provider's package or an answer “payment required”: each of these places
is searched, and a sentence about money has to be one of those that forbid it.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = tuple((ROOT / "packages").glob("*/src"))
MONEY = re.compile(
    r"(?<![a-z])(payments?|payable|paywall|invoices?|billing|prices?|pricing|subscriptions?|fees?"
    r"|charges?|vnpay|momo|zalopay|napas|stripe|paypal)(?![a-z])",
    re.IGNORECASE,
)
TIEN = re.compile(
    r"(?<!không )(thanh toán|(trả|thu|mất) phí|lệ phí|học phí|giá tiền|(nộp|trả) tiền|gói cước)",
    re.IGNORECASE,
)
FORBIDS = ("Ép buộc học sinh, cha mẹ học sinh trả phí hoặc dùng dịch vụ riêng để nhận học bạ.",)
"""The internal regulation lists this among the forbidden acts; “không mất phí” is no request."""


def _names(tree: ast.AST) -> Iterator[str]:
    """Everything that a program gives a name to; a word of it per underscore or capital."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                yield name
            case ast.keyword(arg=str(name)) | ast.alias(name=name):
                yield name
            case _:
                pass


def _words(name: str) -> str:
    return re.sub(r"[_.]|(?<=[a-z])(?=[A-Z])", " ", name)


def test_no_program_has_a_word_for_a_charge() -> None:
    found = {
        f"{file.relative_to(ROOT)}: {name}"
        for source in SOURCES
        for file in source.rglob("*.py")
        for name in _names(ast.parse(file.read_text("utf-8")))
        if MONEY.search(_words(name))
    }
    assert found == set()


def test_no_sentence_and_no_address_asks_for_money() -> None:
    found = []
    for source in SOURCES:
        for kind in ("*.py", "*.html", "*.po", "*.toml", "*.js"):
            for file in source.rglob(kind):
                text = file.read_text("utf-8")
                for allowed in FORBIDS:
                    text = text.replace(allowed, "")
                found += [f"{file.relative_to(ROOT)}: {hit}" for hit in TIEN.findall(text)]
                if kind == "*.html":
                    found += [f"{file.relative_to(ROOT)}: {hit}" for hit in MONEY.findall(text)]
    assert found == []


def test_nothing_answers_that_payment_is_required() -> None:
    number = re.compile(r"status(?:_code)?\s*=\s*402\b|PAYMENT_REQUIRED")
    files = [file for source in SOURCES for file in source.rglob("*.py")]
    assert not [file for file in files if number.search(file.read_text("utf-8"))]


def test_no_package_of_a_payment_provider_is_used() -> None:
    locked = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    assert not [each["name"] for each in locked if MONEY.search(each["name"])]
