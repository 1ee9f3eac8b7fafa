"""Every tag of a record against its table: names, order, presence, form and catalogue, all of them.

The reader of records stops at the first fault, as a gateway should; this goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lxml import etree

from hocba.conformance.catalogue import CheckName
from hocba.conformance.report import Gathering, line_of
from hocba.conformance.tables import ListTable, RecordTables, tables_of
from hocba.errors import Malformed, Sentence
from hocba.record import fields, tags, values
from hocba.record.model import FormatProfile


class ValueSurvey:
    """One record; every departure from the tables becomes a finding."""

    def __init__(self, gathering: Gathering, record: int | None) -> None:
        self.gathering = gathering
        self.record = record
        self.tables: RecordTables | None = None

    def look(self, root: etree._Element, profile: FormatProfile) -> None:
        """Look at all parts of the data node."""
        self.gathering.make(
            CheckName.TAGS,
            CheckName.ORDER,
            CheckName.REQUIRED,
            CheckName.TYPES,
            CheckName.CATALOGUES,
            CheckName.ENCODING,
        )
        tables = self.tables = tables_of(root, profile)
        data = self._only(root, "DU_LIEU_HOC_BA", "HOC_BA")
        path = "HOC_BA/DU_LIEU_HOC_BA"
        if data is not None and profile is FormatProfile.V2_2025:
            data = self._only(data, "THONG_TIN_HOC_BA", path)
            path = f"{path}/THONG_TIN_HOC_BA"
        if data is None:
            return
        self._complex(data, ("THONG_TIN_CHUNG", "QUA_TRINH_HOC_TAP", "TONG_KET"), path)
        general = self._only(data, "THONG_TIN_CHUNG", path)
        if general is not None:
            self._simple(general, tables.general, f"{path}/THONG_TIN_CHUNG")
        for number, year in enumerate(data.findall("QUA_TRINH_HOC_TAP"), start=1):
            self._simple(year, fields.HISTORY, f"{path}/QUA_TRINH_HOC_TAP[{number}]")
        conclusion = self._only(data, "TONG_KET", path)
        if conclusion is not None:
            self._conclusion(conclusion, tables, profile, f"{path}/TONG_KET")

    def _conclusion(
        self, element: etree._Element, tables: RecordTables, profile: FormatProfile, path: str
    ) -> None:
        self._simple(element, tables.summary, path, then=[each.tag for each in tables.lists])
        for table in tables.lists:
            if not table.required and element.find(table.tag) is None:
                continue
            found = self._only(element, table.tag, path)
            place = f"{path}/{table.tag}"
            if table.item is None:
                if found is not None:
                    self._simple(found, table.fields, place)
                continue
            for number, item in enumerate(() if found is None else _elements(found), start=1):
                if item.tag == table.item:
                    self._item(item, table, profile, f"{place}/{table.item}[{number}]")
                else:
                    self._tag(item, f"{place}/{str(item.tag)[:60]}", tags.unknown)

    def _item(
        self, item: etree._Element, table: ListTable, profile: FormatProfile, path: str
    ) -> None:
        signed = table.with_teacher and profile is FormatProfile.V2_2025
        then = ("GVBM",) if signed else ()
        self._simple(item, table.fields, path, then=then, attributes=signed)
        teacher = self._only(item, "GVBM", path) if signed else None
        if teacher is not None:
            self._simple(teacher, fields.TEACHER, f"{path}/GVBM", attributes=True)

    def _only(self, parent: etree._Element, tag: str, path: str) -> etree._Element | None:
        found = parent.findall(tag)
        if not found:
            self._add(CheckName.REQUIRED, tags.missing(f"{path}/{tag}"), parent)
            return None
        for extra in found[1:]:
            self._add(CheckName.TAGS, tags.repeated(f"{path}/{tag}"), extra)
        return found[0]

    def _complex(self, parent: etree._Element, known: Sequence[str], path: str) -> None:
        last = -1
        for child in _elements(parent):
            tag = str(child.tag)
            if tag not in known:
                self._tag(child, f"{path}/{tag[:60]}", tags.unknown)
                continue
            place = known.index(tag)
            if place < last:
                self._add(CheckName.ORDER, tags.out_of_order(f"{path}/{tag}"), child)
            last = max(last, place)

    def _simple(
        self,
        parent: etree._Element,
        table: Sequence[fields.Field],
        path: str,
        *,
        then: Sequence[str] = (),
        attributes: bool = False,
    ) -> None:
        places = {field.tag: place for place, field in enumerate(table)}
        places.update({tag: len(table) + place for place, tag in enumerate(then)})
        if not attributes and parent.attrib and not set(parent.attrib) <= tags.ID_NAMES:
            self._tag(parent, path, _attribute)
        seen: set[str] = set()
        last = -1
        for child in _elements(parent):
            tag = str(child.tag)
            where = f"{path}/{tag[:60]}"
            place = places.get(tag)
            if place is None:
                self._tag(child, where, tags.unknown)
                continue
            if tag in seen:
                if tag not in then:  # complex ones are counted where they are read
                    self._tag(child, where, tags.repeated)
                continue
            seen.add(tag)
            if place < last:
                self._add(CheckName.ORDER, tags.out_of_order(where), child)
            last = max(last, place)
            if place < len(table):
                self._value(child, table[place], where)
        for field in table:
            if field.required and field.tag not in seen:
                self._add(CheckName.REQUIRED, tags.missing(f"{path}/{field.tag}"), parent)

    def _value(self, element: etree._Element, field: fields.Field, where: str) -> None:
        text = element.text or ""
        if _elements(element):
            self._tag(element, where, _holds_elements)
        elif not text.strip():
            self._add(
                CheckName.REQUIRED,
                Malformed("field_empty", "để trống.", "is empty.", where=where),
                element,
            )
        else:
            self._text(element, text, field, where)

    def _text(self, element: etree._Element, text: str, field: fields.Field, where: str) -> None:
        if len(text) > field.max_length:
            long = Malformed(
                "field_length",
                f"dài {len(text)} ký tự, tối đa {field.max_length}.",
                f"has {len(text)} characters; the limit is {field.max_length}.",
                where=where,
            )
            self._add(CheckName.TYPES, long, element)
        if values.has_control(text):
            odd = Sentence("có ký tự điều khiển.", "holds a control character.")
            self._note(CheckName.ENCODING, odd, where, element)
        if not values.is_normal(text):
            form = Sentence("chữ không ở dạng Unicode NFC.", "is not in Unicode NFC.")
            self._note(CheckName.ENCODING, form, where, element, warning=True)
        reader = self.tables.readers.get(field.tag) if self.tables else None
        if reader is None:
            return
        try:
            reader(text, where)
        except Malformed as error:
            is_code = error.code == "field_catalogue"
            self._add(CheckName.CATALOGUES if is_code else CheckName.TYPES, error, element)

    def _tag(self, element: etree._Element, where: str, make: Callable[[str], Malformed]) -> None:
        self._add(CheckName.TAGS, make(where), element)

    def _add(self, check: CheckName, error: Malformed, element: etree._Element) -> None:
        self.gathering.add_error(check, error, line=line_of(element), record=self.record)

    def _note(
        self,
        check: CheckName,
        sentence: Sentence,
        where: str,
        element: etree._Element,
        *,
        warning: bool = False,
    ) -> None:
        self.gathering.add(
            check,
            sentence,
            where=where,
            line=line_of(element),
            record=self.record,
            warning=warning,
        )


def _elements(parent: etree._Element) -> list[etree._Element]:
    """The child elements; comments are a finding of their own."""
    return [child for child in parent if isinstance(child.tag, str)]


def _attribute(where: str) -> Malformed:
    return Malformed(
        "attribute",
        "có thuộc tính không có trong định dạng.",
        "has an attribute that is not in the format.",
        where=where,
    )


def _holds_elements(where: str) -> Malformed:
    return Malformed(
        "field_type", "phải là một giá trị, không có thẻ con.", "holds elements.", where=where
    )
