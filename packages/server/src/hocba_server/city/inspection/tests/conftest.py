"""A small repository to damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from hocba_certworld.cast import Cast
from hocba_server.city.conftest import Submit
from hocba_server.city.inspection.inspecting import inspect_everything
from hocba_server.city.inspection.journal import Journal
from hocba_server.city.inspection.report import Inspection
from hocba_server.city.recalls.tests.asking import ask, decide, item_of
from hocba_server.city.tests.cast import SENT
from hocba_server.city.transparency.publication import publish_log


@pytest.fixture
def repository(submit: Submit, documents: list[bytes], cast: Cast) -> list[bytes]:
    """Three records, the last one recalled, and the log published."""
    submit(*documents)
    decide(ask([item_of(documents[2])], cast.seal))
    publish_log()
    return documents


def inspect(folder: Path, *, anew: bool = True) -> Inspection:
    """Inspect in this process, with the journal in a folder."""
    journal = Journal(folder / "fsck" / "journal.jsonl")
    if anew:
        journal.drop()
    return inspect_everything(
        workers=1, journal=journal, now=lambda: SENT, show=lambda _part, _count: None
    )
