"""`hocba conformance FILE...`: every fault of a vendor's own files; nothing leaves the computer."""

from __future__ import annotations

import argparse
import json

from cryptography.hazmat.primitives.serialization import Encoding

from hocba.cli import files
from hocba.cli.verify import moment_of
from hocba.conformance.check import check_file
from hocba.conformance.shown import as_html, as_text
from hocba.conformance.signed import Surroundings
from hocba.packet.envelope import MAX_TEXT


def run(arguments: argparse.Namespace) -> int:
    """Check every file and print the reports; 1 when one does not conform."""
    store = files.read_trust(arguments.trust) if arguments.trust else None
    # Whom the folder holds may also have issued: authorities and time-stamp services.
    known = tuple(one.public_bytes(Encoding.DER) for one in store.roots) if store else ()
    surroundings = Surroundings(at=moment_of(arguments.at), store=store, issuers=known)
    reports = [
        check_file(files.read_bounded(file, MAX_TEXT), name=file.name, surroundings=surroundings)
        for file in arguments.files
    ]
    if arguments.html is not None:
        arguments.html.mkdir(parents=True, exist_ok=True)
        for report in reports:
            target = arguments.html / f"{report.name}.html"
            target.write_text(as_html(report), encoding="utf-8")
    if arguments.json:
        shown = [report.to_json() for report in reports]
        print(json.dumps(shown if len(shown) > 1 else shown[0], ensure_ascii=False, indent=2))
    else:
        print("\n".join(as_text(report) for report in reports), end="")
    return 0 if all(report.conforms for report in reports) else 1
