"""`hocba closing LIST [RECORD...]`: a signed closing list, and whether records stand on it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hocba.cli import files
from hocba.errors import HocBaError
from hocba.record.codec import read_any
from hocba.record.values import VIETNAM
from hocba.tlog.closing_list import MAX_SIZE, ClosingList, open_closing_list
from hocba.tlog.note import parse_note
from hocba.tlog.proof import LogProof


def run(arguments: argparse.Namespace) -> int:
    """Verify the list, then look each XML up with the salt in the evidence beside it.

    Exit codes: 0 everything is on the list, 1 the list or a record is not, 2 no key of a log given.
    """
    store = files.read_trust(arguments.trust)
    if not store.log_keys:
        print("hocba: chưa chỉ ra khoá của sổ, dùng --trust (no log key given)", file=sys.stderr)
        return 2
    data = files.read_bounded(arguments.list, MAX_SIZE)
    # The log names itself in its signature; what counts is that a trusted key made it.
    name = parse_note(data, max_size=MAX_SIZE).signatures[0].name
    listed = open_closing_list(data, store.log_keys, name=name)
    day = listed.closed_at.astimezone(VIETNAM)
    whose = f"{listed.unit_code} {listed.classroom_name} {listed.school_year}"
    print(f"{whose}: chốt lần (closing) {listed.number}, {day:%H:%M %d/%m/%Y}, {name}")
    print(f"  {len(listed.lines)} học bạ trong bản kê (records on the list)")
    found = [_find(listed, file) for file in arguments.files]
    return 0 if all(found) else 1


def _find(listed: ClosingList, file: Path) -> bool:
    try:
        document = files.read_bounded(file)
        number = read_any(document).record.record_uuid
        evidence = files.evidence_beside(file)
        proof = evidence.log_proof if evidence else None
        held = proof is not None and listed.holds(number, document, LogProof.parse(proof).extra)
        why = "" if proof else ": thiếu bằng chứng đi kèm (no evidence beside it)"
    except HocBaError as fault:
        held, why = False, f": {files.sentence(fault)}"
    sign, words = ("✓", "có trong bản kê (on the list)") if held else ("✗", "không có (not on it)")
    print(f"  {sign} {file.name}: {words}{why}")
    return held
