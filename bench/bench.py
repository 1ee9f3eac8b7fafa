"""Measured speeds: `./hocba bench [--seconds 2] [--classes …] [--stored …] [--out FILE]`.

`./hocba bench --seconds 0.1 --classes 1 --stored --found-in 0` is over in a minute; only a whole
run writes results.json. A whole run takes about an hour and 30 GB of disk.

Records signed and verified stand beside the raw RSA and ECDSA operations of the same run, so that
the numbers mean the same on any machine: what counts is the ratio.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from whole_school import CLASSES, SchoolMeasurement, measure_schools

from hocba.record.codec import parse_xml, read_record, write_data
from hocba.record.model import FormatProfile, SignerRole, SlotId
from hocba.record.sample import HOMEROOM, LEADER, SPECIALISTS, sample_record
from hocba.record.schema import validate_schema
from hocba.record.slots import required_slots
from hocba.rendition.form import render_pdf
from hocba.rendition.pdf_file import open_pdf
from hocba.rendition.seal import seal_pdf
from hocba.signature.sign import add_seal_timestamp, seal_timestamp_digest, sign_many
from hocba.signature.xml_verify import verify_signatures
from hocba.tlog.merkle import Frontier, leaf_hash
from hocba.trust.collect import collect_evidence
from hocba.trust.store import TrustStore
from hocba.verify.document import Circumstances, verify_document
from hocba.verify.face import signature_lines
from hocba_certworld.cast import SIGNED, STAMPED, Cast
from hocba_certworld.local import LocalRevocation, LocalTimestamp
from hocba_certworld.world import CertWorld

RESULTS = Path(__file__).with_name("results.json")
CLASS = 45
SECONDS = 2.0
STORED = (10_000, 100_000, 1_000_000)
FOUND_IN = 10_000_000
SIGNATURES = 9
MADE = datetime(2026, 5, 1, tzinfo=UTC)
COLLECTED = datetime(2026, 5, 28, tzinfo=UTC)
DIGEST = bytes(32)
PREHASHED = Prehashed(hashes.SHA256())


@dataclasses.dataclass(frozen=True)
class Measurement:
    """One line of the table."""

    name: str
    per_second: float
    unit: str
    ratio: float | None = None
    to: str | None = None


class Bench:
    """Prepares what is measured, then measures each thing for a while."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.floor = 0.0
        self.lines: list[Measurement] = []
        folder = Path(tempfile.mkdtemp(prefix="hocba-bench-"))
        self.world = CertWorld.create(folder / "world", MADE)
        self.cast = Cast.hire(self.world)
        self.records = [sample_record(4, seed=seed) for seed in range(CLASS)]
        self.documents = [write_data(record) for record in self.records]

    def measure(self, work: Callable[[], Any], per_call: int = 1) -> float:
        """Run `work` again and again; answer how many things it does in a second."""
        work()
        count, began = 0, time.perf_counter()
        while (passed := time.perf_counter() - began) < self.seconds:
            work()
            count += per_call
        return count / passed

    def add(
        self, name: str, per_second: float, unit: str, raw: float | None = None, to: str = ""
    ) -> float:
        """Keep a line, with its ratio to a raw speed of the same run."""
        ratio = per_second / raw if raw else None
        self.lines.append(Measurement(name, per_second, unit, ratio, to or None))
        return per_second

    def run(self) -> None:
        """Measure everything."""
        raw = self._raw()
        signed = self._signing(raw)
        self._verifying(signed, raw)
        self._pages(signed[0])
        self._rest()

    def inspected(self, kept: Mapping[str, Any]) -> None:
        """Add how fast a repository is verified again, measured by repository.py."""
        for workers, found in kept.items():
            name = f"records re-verified, {workers} core{'' if workers == '1' else 's'}"
            rate = found["per_second_per_core"] * int(workers)
            self.add(name, rate, "records", self.floor * int(workers), "raw key operations")

    def _raw(self) -> dict[str, float]:
        ec_key = ec.generate_private_key(ec.SECP256R1())
        rsa_key = rsa.generate_private_key(65537, 2048)
        ecdsa, pkcs1 = ec.ECDSA(PREHASHED), padding.PKCS1v15()
        ec_value = ec_key.sign(DIGEST, ecdsa)
        rsa_value = rsa_key.sign(DIGEST, pkcs1, PREHASHED)
        ec_public, rsa_public = ec_key.public_key(), rsa_key.public_key()
        works: dict[str, Callable[[], Any]] = {
            "ECDSA P-256 sign": lambda: ec_key.sign(DIGEST, ecdsa),
            "ECDSA P-256 verify": lambda: ec_public.verify(ec_value, DIGEST, ecdsa),
            "RSA-2048 sign": lambda: rsa_key.sign(DIGEST, pkcs1, PREHASHED),
            "RSA-2048 verify": lambda: rsa_public.verify(rsa_value, DIGEST, pkcs1, PREHASHED),
        }
        return {
            name: self.add(f"raw {name}", self.measure(work), "operations")
            for name, work in works.items()
        }

    def _signing(self, raw: dict[str, float]) -> list[bytes]:
        def sign_class() -> list[bytes]:
            signed = self.documents
            for slot in required_slots(self.records[0]):
                key, number = self._key(slot)
                signed = sign_many(signed, slot, key, SIGNED, number)
            return signed

        floor = self._floor(raw, "sign")
        speed = self.measure(sign_class, CLASS)
        count = len(required_slots(self.records[0]))
        name = f"records signed ({count} signatures)"
        self.add(name, speed, "records", floor, "raw key operations")
        source = LocalTimestamp(self.world, lambda: STAMPED)
        return [
            add_seal_timestamp(one, source.timestamp(seal_timestamp_digest(one)))
            for one in sign_class()
        ]

    def _floor(self, raw: dict[str, float], operation: str) -> float:
        """Records per second if nothing but the key operations of its signatures cost time."""
        seconds = 0.0
        for slot in required_slots(self.records[0]):
            public = self._key(slot)[0].certificate.public_key()
            kind = "RSA-2048" if isinstance(public, rsa.RSAPublicKey) else "ECDSA P-256"
            seconds += 1 / raw[f"{kind} {operation}"]
        return 1 / seconds

    def _key(self, slot: SlotId) -> tuple[Any, Any]:
        if slot.role is SignerRole.ORGANISATION:
            return self.cast.seal, None
        person = {
            SignerRole.SUBJECT_TEACHER: SPECIALISTS.get(str(slot.subject), HOMEROOM),
            SignerRole.HOMEROOM_TEACHER: HOMEROOM,
        }.get(slot.role, LEADER)
        return self.cast.people[str(person.personal_id)], person.personal_id

    def _verifying(self, signed: list[bytes], raw: dict[str, float]) -> None:
        floor = self.floor = self._floor(raw, "verify")
        turn = iter(range(10**9))

        def one() -> bytes:
            return signed[next(turn) % CLASS]

        speed = self.measure(lambda: verify_signatures(one()))
        self.add("records verified, signatures", speed, "records", floor, "raw key operations")
        issuers = [self.world.keys[name].certificate for name in ("government", "public", "tsa")]
        store = TrustStore.from_pem([self.world.roots_pem()])
        leaves = [fact.certificate for fact in verify_signatures(signed[0])]
        source = LocalRevocation(self.world, lambda: COLLECTED)
        evidence = collect_evidence(leaves, issuers, store, COLLECTED, source)
        circumstances = Circumstances(store=store, at=COLLECTED, evidence=evidence)
        speed = self.measure(lambda: verify_document(one(), name="", circumstances=circumstances))
        self.add("records verified, all checks", speed, "records", floor, "raw key operations")

    def _pages(self, document: bytes) -> None:
        record = self.records[0]

        def render() -> bytes:
            return render_pdf(
                record,
                document,
                fonts=None,
                signatures=signature_lines(document),
                verify_url=f"https://hocba.example.vn/xac-thuc?ma={record.record_uuid}",
                timestamp=STAMPED,
            )

        pdf = render()
        with open_pdf(pdf) as opened:
            pages = len(opened.pages)
        documents = self.add("PDF documents rendered", self.measure(render), "documents")
        self.add("PDF pages rendered", documents * pages, "pages")
        seal = self.cast.seal
        self.add(
            "PDF documents sealed",
            self.measure(lambda: seal_pdf(pdf, seal, STAMPED, None)),
            "documents",
        )

    def _rest(self) -> None:
        frontier = Frontier()
        turn = iter(range(10**9))
        self.add(
            "log appends (hashing)",
            self.measure(lambda: frontier.append(leaf_hash(str(next(turn)).encode() * 40))),
            "entries",
        )
        document, record = self.documents[0], self.records[0]
        root = parse_xml(document)
        self.add("records written as XML", self.measure(lambda: write_data(record)), "records")
        self.add("records read from XML", self.measure(lambda: read_record(document)), "records")
        self.add(
            "records validated by schema",
            self.measure(lambda: validate_schema(root, FormatProfile.V2_2025)),
            "records",
        )


def run_apart(program: str, *arguments: str) -> Any:
    """Run a bench in a process of its own, because Django is set up once in each; what it found."""
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, str(Path(__file__).with_name(program)), *arguments],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return json.loads(done.stdout.strip().rpartition("\n")[2])


def intake_line(found: Mapping[str, Any], raw: float) -> str:
    """One line of the table of intake: beside nine raw RSA verifications a record on each core."""
    floor = raw * (os.cpu_count() or 1) / SIGNATURES
    return (
        f"taken in with {found['stored_before']:9,} stored  {found['per_second']:7.1f} records/s  "
        f"{found['per_second'] / floor:6.4f} of raw key operations  "
        f"peak {found['peak_megabytes']:.0f} MB"
    )


def lookup_line(name: str, stored: int, found: Mapping[str, Any]) -> str:
    """One line of the table of look-ups."""
    return (
        f"{name:20} among {stored:10,}  {found['per_second']}/s  "
        f"median {found['median_ms']:.1f} ms  p99 {found['p99_ms']:.1f} ms  "
        f"worst {found['worst_ms']:.0f} ms"
    )


def school_line(school: SchoolMeasurement) -> str:
    """One line of the table of schools."""
    steps = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in school.steps.items())
    return (
        f"{school.classes:3} classes, {school.records:5,} records  {school.seconds:7.1f} s "
        f"{school.per_second:7.1f} records/s  {school.ratio_to_one_class:5.2f} of one class  "
        f"peak {school.peak_megabytes:.0f} MB  ({steps})"
    )


def _say(sentence: str) -> None:
    print(f"   {sentence}", file=sys.stderr, flush=True)


def main() -> None:
    """Measure, print a table, write results.json."""
    arguments = _arguments()
    bench = Bench(arguments.seconds)
    bench.run()
    kept = run_apart("repository.py", "--records", str(arguments.kept)) if arguments.kept else {}
    bench.inspected(kept)
    _print_speeds(bench.lines, kept)
    taken_in = _intake(bench, arguments.stored)
    looked_up = _lookups(arguments.found_in)
    schools = measure_schools(arguments.classes, _say) if arguments.classes else []
    for school in schools:
        print(school_line(school))
    content = {
        "machine": {"processor": platform.machine(), "cores": os.cpu_count()},
        "python": platform.python_version(),
        "seconds_each": arguments.seconds,
        "per_core": [dataclasses.asdict(line) for line in bench.lines],
        "repository_verified_again": kept,
        "taken_in": taken_in,
        "looked_up": looked_up,
        "school_from_results_to_sealed": [dataclasses.asdict(school) for school in schools],
    }
    out: Path | None = arguments.out or (RESULTS if _is_whole(arguments) else None)
    if out is not None:
        out.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        print(f"-> {out}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="hocba bench")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each measurement")
    parser.add_argument(
        "--classes",
        type=int,
        nargs="*",
        default=CLASSES,
        help="sizes of the schools that go from results to sealed; none: leave them out",
    )
    parser.add_argument("--out", type=Path, help="where to write; results.json after a whole run")
    parser.add_argument(
        "--kept", type=int, default=1000, help="records of the repository that is verified again"
    )
    parser.add_argument(
        "--stored",
        type=int,
        nargs="*",
        default=STORED,
        help="records stored before packages are taken in; none: leave it out",
    )
    parser.add_argument(
        "--found-in", type=int, default=FOUND_IN, help="records to look up among; 0: leave it out"
    )
    return parser.parse_args()


def _is_whole(arguments: argparse.Namespace) -> bool:
    return (
        arguments.seconds >= SECONDS
        and tuple(arguments.classes) == CLASSES
        and tuple(arguments.stored) == STORED
        and arguments.found_in == FOUND_IN
    )


def _print_speeds(lines: Sequence[Measurement], kept: Mapping[str, Any]) -> None:
    for line in lines:
        ratio = f"{line.ratio:6.2f} of {line.to}" if line.ratio else ""
        print(f"{line.name:34} {line.per_second:12,.0f} {line.unit}/s  {ratio}")
    for workers, found in kept.items():
        print(
            f"31 million records again on {workers} core(s): {found['days_for_the_city']:.1f} days"
        )


def _intake(bench: Bench, stored: Sequence[int]) -> list[dict[str, Any]]:
    """Take packages in beside the raw RSA verifications of this run."""
    if not stored:
        return []
    raw = next(line.per_second for line in bench.lines if line.name == "raw RSA-2048 verify")
    found: list[dict[str, Any]] = run_apart("ingest.py", "--stored", *map(str, stored))
    for each in found:
        print(intake_line(each, raw))
    return found


def _lookups(stored: int) -> dict[str, Any]:
    if not stored:
        return {}
    found: dict[str, Any] = run_apart("lookups.py", "--stored", str(stored))
    for name, each in found["asked"].items():
        print(lookup_line(name, stored, each))
    return found


if __name__ == "__main__":
    main()
