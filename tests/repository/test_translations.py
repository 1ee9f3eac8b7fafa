"""Every visible sentence of the platform has an English translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

SERVER = Path(__file__).resolve().parents[2] / "packages/server/src/hocba_server"
CATALOGUE = SERVER / "locale/en/LC_MESSAGES/django.po"
LINES = r'((?:"[^\n]*"(?:\n|\Z))+)'
ENTRY = re.compile(
    rf"^msgid {LINES}(?:msgid_plural {LINES}msgstr\[0\] {LINES}|msgstr {LINES})", re.MULTILINE
)
WORD = re.compile(r"""(?:\{%\s*translate\s+|\b_\()(["'])(.*?)\1""")
BLOCK = re.compile(
    r"\{%\s*blocktranslate(.*?)%\}(.*?)(?:\{%\s*plural.*?)?\{%\s*endblocktranslate\s*%\}", re.DOTALL
)
CALLS = frozenset({"gettext", "gettext_lazy", "_"})


def translated() -> dict[str, str]:
    """The catalogue: Vietnamese to English."""

    def joined(lines: str) -> str:
        return "".join(str(ast.literal_eval(line)) for line in lines.split("\n") if line)

    text = CATALOGUE.read_text(encoding="utf-8")
    return {joined(source): joined(one or many) for source, _, many, one in ENTRY.findall(text)}


def sentences() -> Iterator[tuple[Path, str]]:
    """What templates and programs mark for translation, with the file that says it."""
    for file in SERVER.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        yield from ((file, found.group(2)) for found in WORD.finditer(text))
        for options, block in BLOCK.findall(text):
            words = re.sub(r"\{\{\s*(\w+)\s*\}\}", r"%(\1)s", block)
            trimmed = " ".join(line.strip() for line in words.strip().splitlines())
            yield file, trimmed if "trimmed" in options else words
    for file in SERVER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in CALLS
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                yield file, str(node.args[0].value)


def test_every_sentence_has_its_english() -> None:
    known = translated()
    missing = {
        f"{file.relative_to(SERVER)}: {text}" for file, text in sentences() if not known.get(text)
    }
    assert missing == set()
    assert len(known) > 1000, "the catalogue was read"


def test_placeholders_are_the_same_in_both_languages() -> None:
    places = re.compile(r"%\(\w+\)[sd]")
    wrong = [
        source
        for source, target in translated().items()
        if source and set(places.findall(source)) != set(places.findall(target))
    ]
    assert wrong == []


def test_no_message_to_people_is_outside_the_catalogue() -> None:
    """A bare sentence in `messages.success` would stay Vietnamese on English pages."""
    bare = re.compile(r"messages\.\w+\(\s*request,\s*f?[\"']")
    found = [
        str(file.relative_to(SERVER))
        for file in SERVER.rglob("*.py")
        if bare.search(file.read_text(encoding="utf-8"))
    ]
    assert found == []
