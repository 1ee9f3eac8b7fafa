"""Originals leave as plain files, to a folder and to object storage, and come back checked."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from hocba.errors import Malformed, NotTrusted, Unavailable
from hocba.record.sample import sample_record
from hocba.tlog.checkpoint import open_checkpoint
from hocba.tlog.entry import LogEntry, commit
from hocba_certworld.cast import Cast
from hocba_server.adapters.object_storage import FileStore, ObjectStore, open_store
from hocba_server.city.conftest import Submit
from hocba_server.city.exporting.manifest import INDEX
from hocba_server.city.exporting.services import Export, check_export, export_originals
from hocba_server.city.log_key import log_key
from hocba_server.city.recalls.tests.asking import ask, decide, item_of
from hocba_server.city.repository.models import EvidenceBlob
from hocba_server.city.tests.cast import SENT
from hocba_server.web.accounts.actor import platform_actor
from hocba_server.web.audit.models import AuditEntry


class Bucket(BaseHTTPRequestHandler):
    """A small S3 service: PUT, GET and HEAD of objects in one bucket."""

    objects: dict[str, bytes]
    down = False

    def _object(self) -> str:
        assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=mau/")
        bucket, _, name = self.path.lstrip("/").partition("/")
        assert bucket == "kho"
        return name

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        signed = self.headers["x-amz-content-sha256"]
        assert signed in {hashlib.sha256(content).hexdigest(), "UNSIGNED-PAYLOAD"}
        if self.down:
            self._answer(507, b"")
            return
        self.objects[self._object()] = content
        self._answer(200, b"", ETag=f'"{hashlib.md5(content).hexdigest()}"')  # noqa: S324 - S3

    def do_GET(self) -> None:
        content = self.objects.get(self._object())
        if content is None:
            text = b"<Error><Code>NoSuchKey</Code><Message>none</Message></Error>"
            self._answer(404, text, **{"Content-Type": "application/xml"})
            return
        self._answer(200, content, **{"Last-Modified": "Thu, 28 May 2026 01:00:00 GMT"})

    do_HEAD = do_GET  # noqa: N815 - the base's name

    def _answer(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def bucket(settings: Any) -> Iterator[tuple[type[Bucket], str]]:
    settings.S3_ACCESS_KEY, settings.S3_SECRET_KEY = "mau", "bi-mat-cua-mau"
    handler = type("Handler", (Bucket,), {"objects": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield handler, f"s3+http://127.0.0.1:{server.server_address[1]}/kho/so-gd"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def repository(submit: Submit, documents: list[bytes], cast: Cast) -> list[bytes]:
    submit(*documents)
    decide(ask([item_of(documents[2])], cast.seal))
    return documents


def export(store: FileStore) -> Export:
    return export_originals(
        by=platform_actor("city"), at=SENT, store=store, target="x", show=lambda _count: None
    )


def wrong(store: FileStore) -> list[str]:
    return check_export(store, lambda _count: None)


def test_everything_stands_in_the_folder(repository: list[bytes], tmp_path: Path) -> None:
    folder = tmp_path / "export"
    done = export(open_store(str(folder)))
    assert done.records == 3
    index = json.loads((folder / INDEX).read_text("utf-8"))
    open_checkpoint(index["checkpoint"].encode(), [log_key().public_key()])
    [listed] = index["lists"]
    lines = [json.loads(line) for line in (folder / listed["path"]).read_bytes().splitlines()]
    assert [(line["ended"] or {}).get("kind") for line in lines] == [None, None, "recall"]
    for line, document in zip(lines, repository, strict=True):
        assert (folder / line["path"]).read_bytes() == document
        assert (folder / line["path"]).stat().st_mode & 0o777 == 0o600
        entry = LogEntry.parse(line["log"][0]["entry"].encode())
        assert entry.commitment == commit(base64.b64decode(line["salt"]), document)
        for piece in line["evidence"]:
            content = (folder / piece["path"]).read_bytes()
            assert piece["path"].endswith(hashlib.sha256(content).hexdigest())
    assert wrong(open_store(str(folder))) == []
    event = AuditEntry.objects.using("city").get(action="export_originals")
    assert event.detail == {"records": 3, "written": done.written}


def test_the_next_export_writes_only_what_is_new(
    submit: Submit, documents: list[bytes], tmp_path: Path
) -> None:
    store = open_store(str(tmp_path / "export"))
    submit(*documents[:2])
    first = export(store)
    assert export(store).written == 0
    pieces = EvidenceBlob.objects.count()
    submit(documents[2])
    later = export(store)
    new = EvidenceBlob.objects.count() - pieces
    assert (later.records, later.written) == (3, 2 + new), "the original, its list, its answers"
    assert first.written > 4


def test_another_version_is_never_overwritten(repository: list[bytes], tmp_path: Path) -> None:
    folder = tmp_path / "export"
    number = sample_record(4, seed=1).record_uuid
    place = folder / f"hoc-ba/2025-2026/00000401/{number}.xml"
    place.parent.mkdir(parents=True)
    for content in (b"another", b"x" * len(repository[1])):
        place.write_bytes(content)
        with pytest.raises(NotTrusted, match="bản khác"):
            export(open_store(str(folder)))
        assert place.read_bytes() == content
    assert not (folder / INDEX).exists(), "the index comes last"
    place.unlink()
    assert export(open_store(str(folder))).records == 3


def test_damage_outside_is_found(repository: list[bytes], tmp_path: Path) -> None:
    folder = tmp_path / "export"
    store = open_store(str(folder))
    assert wrong(store) == [INDEX]
    export(store)
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != "index.json"]
    for file in files:
        content = file.read_bytes()
        file.write_bytes(content[:-2] + b"xx")
        assert wrong(store) == [str(file.relative_to(folder))]
        file.unlink()
        assert wrong(store) == [str(file.relative_to(folder))]
        file.write_bytes(content)
    assert wrong(store) == []


def test_object_storage_holds_the_same(
    repository: list[bytes], tmp_path: Path, bucket: tuple[type[Bucket], str]
) -> None:
    handler, target = bucket
    store = open_store(target)
    assert isinstance(store, ObjectStore)
    try:
        assert export(store).records == 3
        assert export(store).written == 0
        export(open_store(str(tmp_path / "export")))
        folder = tmp_path / "export"
        files = {
            f"so-gd/{file.relative_to(folder)}": file.read_bytes()
            for file in folder.rglob("*")
            if file.is_file()
        }
        assert handler.objects == files
        assert wrong(store) == []
        name = next(name for name in handler.objects if name.endswith(".xml"))
        handler.objects[name] += b" "
        assert wrong(store) == [name.removeprefix("so-gd/")]
        handler.objects.clear()
        handler.down = True
        with pytest.raises(Unavailable, match="Không ghi"):
            export(store)
        assert handler.objects == {}
    finally:
        store.close()


def test_a_storage_out_of_reach_is_unavailable(repository: list[bytes], settings: Any) -> None:
    settings.S3_ACCESS_KEY, settings.S3_SECRET_KEY = "mau", "bi-mat-cua-mau"
    store = open_store("s3+http://127.0.0.1:9/kho")
    assert isinstance(store, ObjectStore)
    with pytest.raises(Unavailable):
        export(store)
    store.close()


@pytest.mark.parametrize("target", ["s3://", "s3://may", "s3://a:b@may/kho", "ftp://may/kho"])
def test_what_is_no_target_is_refused(target: str) -> None:
    with pytest.raises(Malformed, match="Nơi xuất"):
        open_store(target)
