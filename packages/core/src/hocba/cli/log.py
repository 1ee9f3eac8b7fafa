"""`hocba log FOLDER`: check a folder of the public log: its checkpoint and every proof in it."""

from __future__ import annotations

import argparse
import sys

from hocba.cli import files
from hocba.errors import HocBaError
from hocba.tlog.checkpoint import open_checkpoint
from hocba.tlog.entry import LogEntry
from hocba.tlog.merkle import leaf_hash, verify_inclusion
from hocba.tlog.proof import LogProof


def run(arguments: argparse.Namespace) -> int:
    """Verify the head and the inclusion of every entry; 2 when no key of a log is given."""
    store = files.read_trust(arguments.trust)
    if not store.log_keys:
        print("hocba: chưa chỉ ra khoá của sổ, dùng --trust (no log key given)", file=sys.stderr)
        return 2
    head = open_checkpoint(
        files.read_bounded(arguments.folder / "checkpoint", 100_000), store.log_keys
    )
    print(f"{head.origin}: {head.size} mục (entries)")
    broken = count = 0
    for place in sorted(arguments.folder.glob("*.tlog-proof")):
        count += 1
        try:
            entry = files.read_bounded(place.with_suffix(".entry"), 10_000)
            LogEntry.parse(entry)
            proof = LogProof.parse(files.read_bounded(place, 100_000))
            under = open_checkpoint(proof.checkpoint, store.log_keys)
            verify_inclusion(proof.index, under.size, leaf_hash(entry), proof.hashes, under.root)
        except HocBaError as fault:
            broken += 1
            print(f"  ✗ {place.name}: {files.sentence(fault)}")
    print(f"  {count - broken}/{count} bằng chứng đúng (proofs hold)")
    return 1 if broken else 0
