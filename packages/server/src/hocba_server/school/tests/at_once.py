"""Several people do something at the same moment: real threads, each with its own connection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connections

from hocba.errors import Refused

Work = Callable[[], object]


@dataclass
class Race:
    """What each side of a race got: nothing, or the refusal that it was told."""

    refusals: list[Refused] = field(default_factory=list)
    faults: list[BaseException] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        return sorted(refusal.code for refusal in self.refusals)


def together(*works: Work) -> Race:
    """Do all of it at the same moment, each in a thread with a connection of its own."""
    race, gate = Race(), threading.Barrier(len(works))

    def run(work: Work) -> None:
        try:
            gate.wait(10)
            work()
        except Refused as refusal:
            race.refusals.append(refusal)
        except BaseException as fault:  # noqa: BLE001 - whatever it is, the test has to see it
            race.faults.append(fault)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert race.faults == []
    return race
