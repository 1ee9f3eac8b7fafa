"""Reading tags strictly: which children, in which order, with which attributes and texts.

Knows the tables of `record/fields.py`, not the model. In strict mode every departure is refused;
otherwise the order of simple tags is free and each departure leaves a warning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from lxml import etree

from hocba.errors import Malformed, Sentence
from hocba.record import fields, values

ID_NAMES: Final = frozenset({"Id", "ID", "id"})
"""The attributes that software writes as identifiers."""
NO_ATTRIBUTES: Final[frozenset[str]] = frozenset()
XML_SPACE: Final = " \t\r\n"
"""Other characters without a face, such as U+00A0, are text to every other XML program."""
Simple = dict[str, str]


class TagReader:
    """Reads elements of one document and collects warnings. Every error names its path."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.warnings: list[Sentence] = []

    def warn(self, vi: str, en: str) -> None:
        """Keep a warning for the caller of the document."""
        self.warnings.append(Sentence(vi, en))

    def child(self, parent: etree._Element, tag: str, path: str) -> etree._Element:
        """Return the one child with this tag."""
        found = parent.findall(tag)
        if not found:
            raise missing(f"{path}/{tag}")
        if len(found) > 1:
            raise repeated(f"{path}/{tag}")
        return found[0]

    def sequence(self, parent: etree._Element, tags: Sequence[str], path: str) -> None:
        """Demand exactly these complex children in this order."""
        self.no_text(parent, path)
        found = [str(child.tag) for child in parent]
        if found == list(tags):
            return
        allowed, counts = Counter(tags), Counter(found)
        for tag in counts:
            if tag not in allowed:
                raise unknown(f"{path}/{tag[:60]}")
            if counts[tag] > allowed[tag]:
                raise repeated(f"{path}/{tag}")
        for tag in allowed:
            if tag not in counts:
                raise missing(f"{path}/{tag}")
        raise out_of_order(path)

    def no_text(self, element: etree._Element, path: str) -> None:
        """Refuse text between the children of a complex tag."""
        texts = [element.text, *(child.tail for child in element)]
        if any(text and text.strip(XML_SPACE) for text in texts):
            raise fault(
                "stray_text",
                path,
                "có chữ nằm ngoài các thẻ con.",
                "holds text between its elements.",
            )

    def attributes(self, element: etree._Element, allowed: frozenset[str], path: str) -> None:
        """Refuse other attributes, and two identifiers on one element."""
        for name in element.attrib:
            if str(name) not in allowed:
                raise fault(
                    "attribute",
                    f"{path}/@{str(name)[:60]}",
                    "thuộc tính không có trong định dạng.",
                    "is not an attribute of the format.",
                )
        if len(element.attrib) > 1:
            raise fault("attribute", path, "có hai định danh.", "has two identifiers.")

    def simple(
        self,
        parent: etree._Element,
        table: tuple[fields.Field, ...],
        path: str,
        *,
        then: tuple[str, ...] = (),
        attributes: frozenset[str] = NO_ATTRIBUTES,
    ) -> Simple:
        """Read simple tags against their table, in its order; `then` names complex tags after."""
        self.no_text(parent, path)
        self.attributes(parent, attributes, path)
        known = _places(table, then)
        found: Simple = {}
        last = -1
        for child in parent:
            tag = str(child.tag)
            place = known.get(tag)
            if place is None:
                raise unknown(f"{path}/{tag[:60]}")
            if tag in found:
                raise repeated(f"{path}/{tag}")
            if place < last:
                self._out_of_order(f"{path}/{tag}")
            last = max(last, place)
            if place < len(table):
                found[tag] = self._text(child, table[place], f"{path}/{tag}")
        for field in table:
            if field.required and field.tag not in found:
                raise missing(f"{path}/{field.tag}")
        return found

    def _out_of_order(self, where: str) -> None:
        if self.strict:
            raise out_of_order(where)
        self.warn(f"{where}: sai thứ tự.", f"{where}: out of order.")

    def _text(self, element: etree._Element, field: fields.Field, where: str) -> str:
        if len(element):
            raise fault(
                "field_type", where, "phải là một giá trị, không có thẻ con.", "holds elements."
            )
        self.attributes(element, NO_ATTRIBUTES, where)
        text = element.text or ""
        if not text.strip():
            raise fault("field_empty", where, "để trống.", "is empty.")
        if len(text) > field.max_length:
            raise fault(
                "field_length",
                where,
                f"dài {len(text)} ký tự, tối đa {field.max_length}.",
                f"has {len(text)} characters; the limit is {field.max_length}.",
            )
        if values.has_control(text):
            raise fault(
                "control_character", where, "có ký tự điều khiển.", "holds a control character."
            )
        if not values.is_normal(text):
            self.warn(f"{where}: chữ không ở dạng Unicode NFC.", f"{where}: not in Unicode NFC.")
        return text


@lru_cache(maxsize=64)
def _places(table: tuple[fields.Field, ...], then: tuple[str, ...]) -> Mapping[str, int]:
    """Tag -> its place among the children of one complex tag."""
    return {tag: place for place, tag in enumerate([*(field.tag for field in table), *then])}


def fault(code: str, where: str, vi: str, en: str) -> Malformed:
    """Make the error of one place."""
    return Malformed(code, vi, en, where=where)


def missing(where: str) -> Malformed:
    """Make the error of a required tag that is not there."""
    return fault("field_missing", where, "thiếu thẻ bắt buộc.", "is missing.")


def unknown(where: str) -> Malformed:
    """Make the error of a tag that the format does not have."""
    return fault("unknown_tag", where, "thẻ không có trong định dạng.", "is not in the format.")


def repeated(where: str) -> Malformed:
    """Make the error of a tag that stands more than once."""
    return fault("repeated_tag", where, "thẻ bị lặp lại.", "stands more than once.")


def out_of_order(where: str) -> Malformed:
    """Make the error of a tag in the wrong place."""
    return fault("wrong_order", where, "thẻ sai thứ tự.", "is out of order.")
