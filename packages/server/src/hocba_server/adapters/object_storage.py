"""Plain files in a folder or in S3-compatible object storage, for what leaves the database."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from minio import Minio
from minio.error import MinioException, S3Error

from hocba.errors import Malformed, Unavailable

_MISSING = frozenset({"NoSuchKey", "NoSuchObject"})
_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 5, 60, 3


class FileStore(Protocol):
    """Where files go. A file that `put` has returned from is durable and whole."""

    def size(self, path: str) -> int | None:
        """Bytes of a file; None when there is none. Raises `Unavailable`."""

    def get(self, path: str) -> bytes | None:
        """Content of a file; None when there is none. Raises `Unavailable`."""

    def put(self, path: str, content: bytes) -> None:
        """Write or replace a file. Raises `Unavailable`."""


def open_store(target: str) -> FileStore:
    """A folder, or `s3://host[:port]/bucket[/prefix]` (`s3+http://` without TLS, inside a house).

    Raises `Malformed` with code `export_target`.
    """
    parts = urlsplit(target)
    if parts.scheme in {"s3", "s3+http"}:
        bucket, _, prefix = parts.path.lstrip("/").partition("/")
        if not parts.hostname or not bucket or parts.username:
            raise _wrong_target()
        return ObjectStore(parts.netloc, bucket, prefix.strip("/"), secure=parts.scheme == "s3")
    if parts.scheme and "://" in target:
        raise _wrong_target()
    return FolderStore(Path(target))


class FolderStore:
    """Files below a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def size(self, path: str) -> int | None:
        """Bytes of a file."""
        file = self._folder / path
        return file.stat().st_size if file.is_file() else None

    def get(self, path: str) -> bytes | None:
        """Content of a file."""
        file = self._folder / path
        return file.read_bytes() if file.is_file() else None

    def put(self, path: str, content: bytes) -> None:
        """Durable and all or nothing; only the owner may read: originals are personal data."""
        file = self._folder / path
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft = file.with_name(f".{file.name}.new")
            handle = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as target:
                target.write(content)
                target.flush()
                os.fsync(target.fileno())
            draft.replace(file)
        except OSError as error:
            raise _unavailable(str(self._folder)) from error


class ObjectStore:
    """Objects of a bucket, by the S3 protocol."""

    def __init__(self, endpoint: str, bucket: str, prefix: str, *, secure: bool) -> None:
        self._place = f"{endpoint}/{bucket}"
        self._bucket, self._prefix = bucket, prefix
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=_CONNECT_SECONDS, read=_READ_SECONDS),
            retries=urllib3.Retry(
                _ATTEMPTS, backoff_factor=0.3, status_forcelist=(500, 502, 503, 504)
            ),
        )
        self._client = Minio(
            endpoint,
            access_key=settings.S3_ACCESS_KEY or None,
            secret_key=settings.S3_SECRET_KEY or None,
            region=settings.S3_REGION,
            secure=secure,
            http_client=self._pool,
        )

    def _name(self, path: str) -> str:
        return f"{self._prefix}/{path}" if self._prefix else path

    def size(self, path: str) -> int | None:
        """Bytes of an object."""
        try:
            size: int | None = self._client.stat_object(self._bucket, self._name(path)).size
        except S3Error as error:
            if error.code in _MISSING:
                return None
            raise _unavailable(self._place) from error
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _unavailable(self._place) from error
        return size

    def get(self, path: str) -> bytes | None:
        """Content of an object."""
        answer = None
        try:
            answer = self._client.get_object(self._bucket, self._name(path))
            content: bytes = answer.read()
        except S3Error as error:
            if error.code in _MISSING:
                return None
            raise _unavailable(self._place) from error
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _unavailable(self._place) from error
        finally:
            if answer is not None:
                answer.close()
                answer.release_conn()
        return content

    def put(self, path: str, content: bytes) -> None:
        """Write an object; the storage answers when it is kept."""
        try:
            self._client.put_object(
                self._bucket, self._name(path), io.BytesIO(content), len(content)
            )
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            raise _unavailable(self._place) from error

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()


def _wrong_target() -> Malformed:
    return Malformed(
        "export_target",
        "Nơi xuất phải là một thư mục hoặc s3://máy/kho/tiền-tố.",
        "The target is a folder or s3://host/bucket/prefix.",
    )


def _unavailable(place: str) -> Unavailable:
    return Unavailable(
        "storage",
        f"Không ghi hoặc đọc được ở {place}.",
        f"The storage at {place} cannot be used.",
    )
