"""Witnesses cosign the log: those that run, those that are away, those that saw another log."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from hocba.cli.witness import WitnessFolder, make_server, open_folder
from hocba.errors import Unavailable
from hocba.record.sample import sample_record
from hocba.tlog.cosignature import read_cosignatures
from hocba.tlog.note import parse_note
from hocba.tlog.trust_policy import LogPolicy
from hocba.verify.document import Circumstances, verify_document
from hocba.verify.policy import Policy
from hocba.verify.verdict import Verdict
from hocba_server.city.conftest import Submit
from hocba_server.city.log_key import verifier_line
from hocba_server.city.repository.selectors import evidence_for
from hocba_server.city.tests.cast import SENT
from hocba_server.city.transparency.models import (
    SignedCheckpoint,
    Standing,
    WitnessCosignature,
    WitnessStanding,
)
from hocba_server.city.transparency.publication import publish_log, published_head
from hocba_server.city.transparency.selectors import checkpoint
from hocba_server.city.transparency.services import append_entries, freshen_head, start_log
from hocba_server.city.transparency.tasks import work_on_log
from hocba_server.city.transparency.tests.entries import some_entries
from hocba_server.city.transparency.witnessing import collect_cosignatures
from hocba_server.city.trust import trust_store
from hocba_server.web.audit.models import AuditEntry

NAME = "dai-hoc.example/nhan-chung"
HOUR = dt.timedelta(hours=1)


def served(server: ThreadingHTTPServer) -> Iterator[str]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def university(trusted: None, tmp_path: Path) -> WitnessFolder:
    return open_folder(tmp_path / "witness", NAME, [verifier_line()])


@pytest.fixture
def address(university: WitnessFolder) -> Iterator[str]:
    yield from served(make_server(university, "127.0.0.1", 0))


def trust(settings: Any, tmp_path: Path, line: str, url: str, quorum: str = "none") -> LogPolicy:
    file = tmp_path / "policy"
    text = f"witness Đại-học {line} {url}\nquorum {quorum}\n"
    file.write_text(text, "utf-8")
    settings.LOG_POLICY = file
    return LogPolicy.parse(text.encode())


@pytest.fixture
def policy(settings: Any, tmp_path: Path, university: WitnessFolder, address: str) -> LogPolicy:
    return trust(settings, tmp_path, university.line, address)


def test_a_witness_cosigns_head_after_head(policy: LogPolicy) -> None:
    start_log(at=SENT)
    for more in (0, 5, 300):
        append_entries(some_entries(more, str(more)), at=SENT)
        assert collect_cosignatures(at=SENT) == 1
        assert collect_cosignatures(at=SENT) == 0, "one line under one head"
        found = read_cosignatures(parse_note(checkpoint()), policy.witness_keys)
        assert [each.name for each in found] == [NAME]
    standing = WitnessStanding.objects.get()
    assert (standing.state, standing.size) == (Standing.WELL, 305)
    freshen_head(at=SENT + HOUR)
    assert collect_cosignatures(at=SENT) == 1, "the same size with a newer time"


def test_one_that_was_away_catches_up(policy: LogPolicy, university: WitnessFolder) -> None:
    start_log(at=SENT)
    append_entries(some_entries(5), at=SENT)
    collect_cosignatures(at=SENT)
    WitnessStanding.objects.update(size=0)  # as when our answer was lost after it had cosigned
    append_entries(some_entries(3, "b"), at=SENT)
    assert collect_cosignatures(at=SENT) == 1
    assert WitnessStanding.objects.get().size == 8


def test_an_unreachable_witness_holds_nothing_up(
    settings: Any, tmp_path: Path, university: WitnessFolder
) -> None:
    trust(settings, tmp_path, university.line, "http://127.0.0.1:9")
    start_log(at=SENT)
    work_on_log()
    assert published_head() is not None
    assert WitnessStanding.objects.get().state == Standing.AWAY


def test_a_witness_that_saw_more_than_we_have_is_a_conflict(
    policy: LogPolicy, university: WitnessFolder, client: Client
) -> None:
    start_log(at=SENT)
    append_entries(some_entries(5), at=SENT)
    collect_cosignatures(at=SENT)
    [seen] = university.seen.values()
    for size, root in ((seen.size, b"\1" * 32), (seen.size + 4, seen.root)):
        university.seen[seen.origin] = type(seen)(seen.origin, size, root)
        freshen_head(at=SENT + 20 * size * HOUR)
        assert collect_cosignatures(at=SENT) == 0
        standing = WitnessStanding.objects.get()
        assert standing.state == Standing.CONFLICT
    assert AuditEntry.objects.using("city").filter(action="witness_conflict").count() == 1
    assert "thấy sổ khác" in client.get("/so-cong-khai").content.decode()


class _Liar(BaseHTTPRequestHandler):
    answer: tuple[int, bytes] = (200, b"")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(self.answer[0])
        self.send_header("Content-Length", str(len(self.answer[1])))
        self.end_headers()
        self.wfile.write(self.answer[1])

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


@pytest.mark.parametrize(
    "answer",
    [
        (200, b""),
        (200, b"nothing\n"),
        (200, "— stranger.example AAAAAAAA\n".encode()),
        (409, b"many\n"),
        (409, b"0\n"),
        (422, b"bad proof\n"),
        (500, b"broken\n"),
    ],
)
def test_whatever_a_witness_answers_no_line_is_kept(
    settings: Any, tmp_path: Path, university: WitnessFolder, answer: tuple[int, bytes]
) -> None:
    handler = type("Handler", (_Liar,), {"answer": answer})
    for url in served(ThreadingHTTPServer(("127.0.0.1", 0), handler)):
        trust(settings, tmp_path, university.line, url)
        start_log(at=SENT)
        append_entries(some_entries(5), at=SENT)
        assert collect_cosignatures(at=SENT) == 0
        assert WitnessCosignature.objects.count() == 0
        assert WitnessStanding.objects.get().state != Standing.WELL


def test_a_line_over_another_head_is_not_kept(
    settings: Any, tmp_path: Path, policy: LogPolicy, university: WitnessFolder
) -> None:
    start_log(at=SENT)
    collect_cosignatures(at=SENT)
    old = WitnessCosignature.objects.get().line
    append_entries(some_entries(5), at=SENT)
    handler = type("Handler", (_Liar,), {"answer": (200, old.encode())})
    for url in served(ThreadingHTTPServer(("127.0.0.1", 0), handler)):
        trust(settings, tmp_path, university.line, url)
        assert collect_cosignatures(at=SENT) == 0
        assert WitnessStanding.objects.get().state == Standing.CONFLICT


def test_a_demanded_witness_comes_before_publishing(
    settings: Any, tmp_path: Path, university: WitnessFolder, address: str
) -> None:
    trust(settings, tmp_path, university.line, "http://127.0.0.1:9", "Đại-học")
    start_log(at=SENT)
    work_on_log()
    assert published_head() is None
    with pytest.raises(Unavailable):
        checkpoint()
    trust(settings, tmp_path, university.line, f"{address}/", "Đại-học")
    work_on_log()
    assert published_head() is not None
    append_entries(some_entries(5), at=SENT)
    publish_log()
    head = published_head()
    assert head is not None
    assert head.size == 0, "the new head has no witness yet, so the old one stays public"
    work_on_log()
    head = published_head()
    assert head is not None
    assert head.size == 5


def test_the_proof_of_a_record_carries_its_witnesses(
    submit: Submit, documents: list[bytes], policy: LogPolicy, settings: Any, tmp_path: Path
) -> None:
    submit(documents[0])
    uuid = sample_record(4, seed=0).record_uuid
    demanded = LogPolicy(policy.logs, policy.witnesses, policy.groups, "Đại-học")

    def verdict(demand: LogPolicy) -> tuple[Verdict, str, list[str]]:
        report = verify_document(
            documents[0],
            name="a.xml",
            circumstances=Circumstances(
                store=trust_store(), at=SENT, evidence=evidence_for(uuid), policy=Policy(log=demand)
            ),
        )
        log = next(check for check in report.checks if check.code == "log")
        return report.verdict, log.reason or "", [each.name for each in report.witnesses]

    assert verdict(policy) == (Verdict.VALID, "", [])
    assert verdict(demanded) == (Verdict.UNDETERMINED, "too_few_witnesses", [])
    collect_cosignatures(at=SENT)
    assert verdict(demanded) == (Verdict.VALID, "", [NAME])
    settings.LOG_POLICY.write_text(
        settings.LOG_POLICY.read_text("utf-8").replace("none", "Đại-học"), "utf-8"
    )
    append_entries(some_entries(5), at=SENT)
    assert verdict(demanded) == (Verdict.VALID, "", [NAME]), "a witnessed head before a newer one"
    assert SignedCheckpoint.objects.latest("pk").size == 6
