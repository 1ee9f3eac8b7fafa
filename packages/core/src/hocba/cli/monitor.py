"""`hocba monitor`: follow a log, keep what was seen, and shout when something does not fit.

Exit codes: 0 all well, 1 the log contradicts itself or what was seen before, 2 it is silent, short
of witnesses or out of reach, 64 wrong usage.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from hocba.cli import files
from hocba.cli.witness import replace_file
from hocba.errors import Malformed, Unavailable
from hocba.tlog.checkpoint import parse_checkpoint_text
from hocba.tlog.monitor import Alarm, Fetch, Look, MonitorState, Watched, look
from hocba.tlog.note import parse_note, parse_verifier_key
from hocba.tlog.trust_policy import KnownLog, LogPolicy

WELL, LIES, WEAK = 0, 1, 2
_MAX_FILE = 256 * (2 + 0xFFFF)
"""Bytes of the largest entry bundle that the format allows."""
_TIMEOUT_SECONDS = 20
_STATE = "state.json"
_SOFT = frozenset({Alarm.SILENT, Alarm.WITNESSES})


def run(arguments: argparse.Namespace) -> int:
    """Look once, or again and again until something is wrong."""
    try:
        watched = Watched(_policy(arguments), timedelta(hours=arguments.silence))
        state = _read_state(arguments.state / _STATE)
    except Malformed as fault:
        print(f"hocba: {files.sentence(fault)}", file=sys.stderr)
        return 64
    if not watched.policy.logs:
        print("hocba: cần --key hoặc --policy có dòng “log” (no log key given)", file=sys.stderr)
        return 64
    arguments.state.mkdir(parents=True, exist_ok=True)
    fetch = _fetch_from(arguments.log)
    while True:
        code, state = _once(state, fetch, watched, arguments.state)
        if code == LIES or arguments.every is None:
            return code
        time.sleep(arguments.every)


def _once(
    state: MonitorState | None, fetch: Fetch, watched: Watched, folder: Path
) -> tuple[int, MonitorState | None]:
    now = datetime.now(UTC)
    try:
        seen = look(state, fetch, watched, now)
    except Unavailable as fault:
        print(f"{now:%d/%m/%Y %H:%M:%S} ? {files.sentence(fault)}", flush=True)
        return WEAK, state
    for finding in seen.findings:
        sentence = finding.sentence
        print(f"{now:%d/%m/%Y %H:%M:%S} ✗ {finding.alarm}: {sentence.vi} ({sentence.en})")
    alarms = {finding.alarm for finding in seen.findings}
    if alarms - _SOFT:
        place = _keep_evidence(folder, state, seen, now)
        print(f"  bằng chứng đã lưu (evidence kept): {place}", flush=True)
        return LIES, state
    if seen.state is not None and seen.state != state:
        _write_state(folder / _STATE, seen.state)
    if not alarms and seen.head is not None:
        print(f"{now:%d/%m/%Y %H:%M:%S} ✓ {_well(seen)}", flush=True)
    return (WEAK if alarms else WELL), seen.state


def _well(seen: Look) -> str:
    head = seen.head
    new = ", ".join(f"{kind} {count}" for kind, count in sorted(seen.new_entries.items()))
    names = ", ".join(each.name for each in seen.cosigned)
    size = head.size if head else 0
    return (
        f"{size} mục (entries), mới (new): {new or 'không (none)'}; "
        f"nhân chứng (witnesses): {names or 'không (none)'}"
    )


def _keep_evidence(folder: Path, state: MonitorState | None, seen: Look, now: datetime) -> Path:
    """Both signed heads: with them anybody can see the contradiction."""
    place = folder / f"evidence-{now:%Y%m%dT%H%M%SZ}"
    place.mkdir(exist_ok=True)
    if state is not None:
        (place / "seen-before.checkpoint").write_bytes(state.checkpoint)
    (place / "shown-now.checkpoint").write_bytes(seen.checkpoint)
    findings = [
        {"alarm": each.alarm.value, "vi": each.sentence.vi, "en": each.sentence.en}
        for each in seen.findings
    ]
    text = json.dumps(findings, ensure_ascii=False, indent=1) + "\n"
    (place / "findings.json").write_text(text, "utf-8")
    return place


def _policy(arguments: argparse.Namespace) -> LogPolicy:
    policy = files.read_log_policy(arguments.policy)
    logs = tuple(KnownLog(*parse_verifier_key(line)) for line in arguments.key)
    return LogPolicy((*policy.logs, *logs), policy.witnesses, policy.groups, policy.quorum)


def _read_state(file: Path) -> MonitorState | None:
    if not file.is_file():
        return None
    try:
        kept: dict[str, Any] = json.loads(files.read_bounded(file, 1_000_000))
        checkpoint = base64.b64decode(kept["checkpoint"])
        tiles = tuple(bytes.fromhex(value) for value in kept["tiles"])
        size = parse_checkpoint_text(parse_note(checkpoint).text).size
        whole = len(tiles) == (size >> 8).bit_count() and all(len(each) == 32 for each in tiles)
    except (ValueError, KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        # Starting anew would forget what was seen, which is what a forger would like.
        raise Malformed("state", f"Tệp {file} bị hỏng.", f"{file} is damaged.")
    return MonitorState(checkpoint, tiles)


def _write_state(file: Path, state: MonitorState) -> None:
    content = {
        "checkpoint": base64.b64encode(state.checkpoint).decode("ascii"),
        "tiles": [value.hex() for value in state.tiles],
    }
    replace_file(file, json.dumps(content).encode())


def _fetch_from(log: str) -> Fetch:
    """A folder, or the address of the log."""
    if urlsplit(log).scheme in {"http", "https"}:
        return lambda path: _get(f"{log.rstrip('/')}/{path}")
    return lambda path: _read(Path(log) / path)


def _read(file: Path) -> bytes:
    try:
        return files.read_bounded(file, _MAX_FILE)
    except OSError:
        raise _unavailable(str(file)) from None


def _get(url: str) -> bytes:
    try:
        request = Request(url, headers={"Accept-Encoding": "identity"})  # noqa: S310 - see above
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310 - see above
            content: bytes = answer.read(_MAX_FILE + 1)
            return content
    except (HTTPError, URLError, HTTPException, OSError, ValueError):
        raise _unavailable(url) from None


def _unavailable(place: str) -> Unavailable:
    return Unavailable("log", f"Không đọc được {place}.", f"{place} cannot be read.")
