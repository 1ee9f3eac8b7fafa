"""`hocba verify FILE...`: a report for each file, and the worst verdict as exit code."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hocba.archive.ends import read_hash_ends
from hocba.cli import files, online
from hocba.cli.pictures import codes_in_picture, is_picture
from hocba.errors import HocBaError, Malformed, NotTrusted, Unavailable
from hocba.record.codec import read_any
from hocba.rendition.attachments import EVIDENCE_NAME, RECORD_NAME, extract_attachments
from hocba.rendition.print_code import PREFIX, peek, read_code
from hocba.trust.evidence import Evidence, read_container
from hocba.verify.document import MAX_BYTES, Circumstances, verify_document
from hocba.verify.policy import Policy
from hocba.verify.print_keys import PrintKeys
from hocba.verify.print_verdict import PrintReport, find_codes, unreadable, verify_print
from hocba.verify.report import Report
from hocba.verify.verdict import Verdict

EXIT = {Verdict.VALID: 0, Verdict.INVALID: 1, Verdict.UNDETERMINED: 2}


def run(arguments: argparse.Namespace) -> int:
    """Verify every file and print the reports."""
    try:
        at = moment_of(arguments.at)
        store = files.read_trust(arguments.trust)
        keys = files.read_print_keys(arguments.trust, store)
        ended = files.read_ended_list(arguments.trust, store)
        policy = Policy(
            log=files.read_log_policy(arguments.log_policy),
            hash_ends=read_hash_ends(arguments.hash_ends),
        )
    except (Malformed, NotTrusted) as fault:
        print(f"hocba: {files.sentence(fault)}", file=sys.stderr)
        return 64
    fonts = files.fonts_folder(arguments.fonts)
    base = Circumstances(store=store, at=at, fonts=fonts, policy=policy, ended=ended)
    reports = [_report_on(file, base, arguments, keys) for file in arguments.files]
    if arguments.json:
        shown = [report.to_json() for report in reports]
        print(json.dumps(shown if len(shown) > 1 else shown[0], ensure_ascii=False, indent=2))
    else:
        print("\n".join(report.to_text() for report in reports), end="")
    verdicts = {report.verdict for report in reports}
    worst = (Verdict.INVALID, Verdict.UNDETERMINED, Verdict.VALID)
    return EXIT[next(verdict for verdict in worst if verdict in verdicts)]


def _report_on(
    file: Path, base: Circumstances, arguments: argparse.Namespace, keys: PrintKeys | None
) -> Report | PrintReport:
    """A print is known by its picture or by the text of its codes; all else is a file."""
    data = files.read_bounded(file, files.MAX_PICTURE)
    if is_picture(data) or data.lstrip().startswith(PREFIX.encode()):
        return _verify_paper(file, data, base, arguments, keys)
    return _verify(file, data, base, arguments)


def _verify_paper(
    file: Path,
    data: bytes,
    base: Circumstances,
    arguments: argparse.Namespace,
    keys: PrintKeys | None,
) -> PrintReport:
    status = None
    try:
        is_text = not is_picture(data)
        texts = find_codes(data.decode("utf-8", "replace")) if is_text else codes_in_picture(data)
        if arguments.online and texts:
            page = peek(read_code(texts[0]))
            portal = online.portal(arguments.portal)
            status = online.ask_about(portal, page.record_uuid, page.document_sha256.hex()).status
    except Unavailable as fault:
        print(f"hocba: {files.sentence(fault)}", file=sys.stderr)
    except HocBaError as fault:
        return unreadable(fault, name=str(file), at=base.at)
    return verify_print(
        texts, name=str(file), keys=keys, at=base.at, status=status, ended=base.ended
    )


def _verify(file: Path, data: bytes, base: Circumstances, arguments: argparse.Namespace) -> Report:
    circumstances = base
    try:
        evidence, document = _evidence(file, data, arguments.log)
        circumstances = replace(base, evidence=evidence)
        if arguments.online and document is not None:
            answer = online.ask(online.portal(arguments.portal), document)
            circumstances = replace(
                base, evidence=evidence or answer.evidence, status=answer.status
            )
    except Unavailable as fault:
        print(f"hocba: {files.sentence(fault)}", file=sys.stderr)
    except HocBaError as fault:
        # Evidence that cannot be read counts as none; the report says what is missing.
        print(f"hocba: {file}: {files.sentence(fault)}", file=sys.stderr)
    return verify_document(data, name=str(file), circumstances=circumstances)


def _evidence(file: Path, data: bytes, log: Path | None) -> tuple[Evidence | None, bytes | None]:
    """Evidence beside the file, completed from a log folder; and the signed XML of the file."""
    evidence = files.evidence_beside(file)
    document: bytes | None = data
    if len(data) > MAX_BYTES:
        return evidence, None
    if data.startswith(b"%PDF-"):
        attached = extract_attachments(data)
        document = attached.get(RECORD_NAME)
        if evidence is None and EVIDENCE_NAME in attached:
            evidence = read_container(attached[EVIDENCE_NAME])[1]
    elif data.startswith(b"PK\x03\x04"):
        document, evidence = read_container(data)
    if log is not None and document is not None:
        found = files.evidence_of_log(log, read_any(document).record.record_uuid)
        if found is not None:
            evidence = replace(evidence or Evidence(), log_entry=found[0], log_proof=found[1])
    return evidence, document


def moment_of(text: str | None) -> datetime:
    """Read `--at`; now without it. Raises `Malformed` with code `at`."""
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Malformed(
            "at",
            f"--at “{text}” không phải thời điểm ISO 8601, ví dụ 2026-06-01T08:00:00+07:00.",
            "--at needs an ISO 8601 time.",
        ) from None
    return moment if moment.tzinfo else moment.astimezone()
