"""What a worker process runs. Nothing of Django is imported here before it is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hocba_server.city.inspection.parts import Chunk, ChunkResult


def prepare(database: str) -> None:
    """Set the process up on the same database as its parent."""
    import django

    django.setup()
    from django.db import connections

    from hocba_server.config.acting import PLATFORM, act_from_here

    act_from_here(PLATFORM)
    from hocba_server.city.database import CITY_DATABASE

    connections[CITY_DATABASE].settings_dict["NAME"] = database


def check(chunk: Chunk) -> ChunkResult:
    """Verify one chunk."""
    from hocba_server.city.inspection.chunks import check_chunk

    return check_chunk(chunk)
