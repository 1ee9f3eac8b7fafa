"""The signed lists with which anybody verifies at home and asks the department nothing."""

from __future__ import annotations

import datetime as dt
import secrets

from hocba.verify.status_list import SALT_SIZE, EndedRecords, entry_of, sign_ended_records
from hocba_server.city.log_key import log_key, log_origin
from hocba_server.city.repository.ended import ended_files
from hocba_server.config.acting import PLATFORM, acting


def signed_ended_records(*, at: dt.datetime) -> bytes:
    """Every record that is in force no more, under a salt of this list alone.

    Raises `Unavailable` when the department's key of the log is missing.
    """
    key, salt = log_key(), secrets.token_bytes(SALT_SIZE)
    with acting(PLATFORM):
        entries = frozenset(entry_of(salt, number, digest) for number, digest in ended_files())
    listed = EndedRecords(at.replace(microsecond=0), salt, entries)
    return sign_ended_records(listed, name=log_origin(), key=key.public_key(), sign=key.sign)
