"""Sentences that every layout shares: why a row is wrong, and which lines were passed over."""

from __future__ import annotations

from collections.abc import Sequence

from hocba.errors import Sentence
from hocba_server.school.spreadsheets.layouts import COMMENT, COMMENT_CODE
from hocba_server.web.spreadsheets.cells import CellFault, cell_text
from hocba_server.web.spreadsheets.workbook import Table, TableRow

_SHOWN_LINES = 5


def row_reasons(faults: Sequence[CellFault]) -> tuple[Sentence, ...]:
    """The faults of one row in its own line of the preview."""
    return tuple(
        Sentence(f"{fault.column}: {fault.sentence.vi}", f"{fault.column}: {fault.sentence.en}")
        for fault in faults
    )


def around_sentences(
    table: Table, pupils: Sequence[TableRow], around: Sequence[TableRow]
) -> list[Sentence]:
    """Lines that are no pupils, and pupils in hidden rows: nothing is passed over silently."""
    found = []
    for row in around[:_SHOWN_LINES]:
        text = next((text for cell in row.cells.values() if (text := cell_text(cell))), "")
        found.append(
            Sentence(
                f"Dòng {row.number} không phải dòng học sinh nên bỏ qua: “{text[:60]}”.",
                f"Row {row.number} is no pupil and was passed over: “{text[:60]}”.",
            )
        )
    more = len(around) - _SHOWN_LINES
    if more > 0:
        found.append(
            Sentence(f"Và {more} dòng khác không phải học sinh.", f"And {more} more such rows.")
        )
    hidden = [str(row.number) for row in pupils if row.number in table.hidden]
    if hidden:
        shown = ", ".join(hidden[:10]) + ("…" if len(hidden) > 10 else "")
        found.append(
            Sentence(
                f"Dòng {shown} đang bị ẩn trong tệp nhưng vẫn được đọc.",
                f"Row {shown} is hidden in the file and was read all the same.",
            )
        )
    return found


def codes_without_words(rows: Sequence[TableRow]) -> list[Sentence]:
    """A code of another program's comment bank says nothing here: only its words are kept."""
    numbers = [row.number for row in rows if row.text(COMMENT_CODE) and not row.text(COMMENT)]
    if not numbers:
        return []
    return [
        Sentence(
            f"{len(numbers)} dòng có “{COMMENT_CODE}” mà “{COMMENT}” còn trống, từ dòng "
            f"{numbers[0]}. Mã của phần mềm khác không mang theo câu nhận xét: điền nội dung nếu "
            "muốn giữ nhận xét.",
            f"{len(numbers)} rows have a comment code but no comment, from row {numbers[0]} on. "
            "The code of another program carries no words: fill in the comment to keep it.",
        )
    ]
