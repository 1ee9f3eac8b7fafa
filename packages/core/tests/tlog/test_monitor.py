"""The monitor on an honest log, and on logs that lie in one way each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from log_world import KEY, NOON, ORIGIN, PRIVATE_KEY, entry_for

from hocba.errors import Unavailable
from hocba.tlog.checkpoint import Checkpoint
from hocba.tlog.cosignature import WitnessKey, cosign
from hocba.tlog.merkle import HashTree, leaf_hash
from hocba.tlog.monitor import Alarm, Look, MonitorState, Watched, look
from hocba.tlog.note import COSIGNATURE, Note, parse_note, verifier_key
from hocba.tlog.tiles import TILE_WIDTH, encode_entries, hash_tile, tiles_of
from hocba.tlog.trust_policy import KnownLog, KnownWitness, LogPolicy

POLICY = LogPolicy((KnownLog(ORIGIN, KEY),))
DAY = timedelta(days=1)


@dataclass
class Served:
    """A log as a dictionary of files."""

    name: str = "a"
    size: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    entries: list[bytes] = field(default_factory=list)

    def grow(self, size: int, at: datetime = NOON, *, name: str | None = None) -> Served:
        self.entries += [
            entry_for(f"{name or self.name} {place}".encode()).encode()
            for place in range(len(self.entries), size)
        ]
        tree = HashTree(leaf_hash(entry) for entry in self.entries)
        for tile in tiles_of(size):
            first = tile.index * TILE_WIDTH
            content = (
                encode_entries(self.entries[first : first + tile.width])
                if tile.level is None
                else hash_tile(tile, tree.node)
            )
            self.files[tile.path] = content
        self.files["checkpoint"] = Checkpoint(ORIGIN, size, tree.root(), at).sign(
            KEY, PRIVATE_KEY.sign
        )
        self.size = size
        return self

    def fetch(self, path: str) -> bytes:
        if path not in self.files:
            raise Unavailable("log", path, path)
        return self.files[path]


def watch(
    served: Served,
    state: MonitorState | None = None,
    policy: LogPolicy = POLICY,
    now: datetime = NOON,
) -> Look:
    return look(state, served.fetch, Watched(policy, DAY), now)


def alarms(seen: Look) -> list[Alarm]:
    return [finding.alarm for finding in seen.findings]


def test_an_honest_log_is_followed_through_all_sizes() -> None:
    served, state, last = Served(), None, 0
    for size in (0, 1, 255, 256, 257, 257, 511, 512, 800, 1100):
        seen = watch(served.grow(size), state)
        assert alarms(seen) == [], size
        assert seen.new_entries.get("issue", 0) == size - last
        assert seen.state is not None
        state, last = seen.state, size


@pytest.mark.parametrize("size", [5, 256, 300, 512])
@pytest.mark.parametrize("later", [0, 1, 40, 700])
def test_a_fork_is_seen(size: int, later: int) -> None:
    state = watch(Served("a").grow(size)).state
    forked = Served("b").grow(size + later)
    seen = watch(forked, state)
    assert Alarm.FORK in alarms(seen) or Alarm.WRONG_HASH in alarms(seen)
    assert seen.state == state, "what was seen before is not forgotten"


def test_one_old_entry_that_was_rewritten_is_a_fork() -> None:
    served = Served().grow(10)
    state = watch(served).state
    served.entries[3] = entry_for(b"rewritten").encode()
    assert alarms(watch(served.grow(12), state)) == [Alarm.FORK]


def test_a_shrunk_log_is_seen_and_a_shorter_other_history_is_a_fork() -> None:
    served = Served().grow(600)
    state = watch(served).state
    shorter = Served().grow(590)
    assert alarms(watch(shorter, state)) == [Alarm.SHRINK]
    shorter.files = {**served.files, "checkpoint": shorter.files["checkpoint"]}
    assert alarms(watch(shorter, state)) == [Alarm.SHRINK]
    other = Served("b").grow(590)
    other.files = {**served.files, "checkpoint": other.files["checkpoint"]}
    assert alarms(watch(other, state)) == [Alarm.FORK]


def test_every_wrong_file_is_seen() -> None:
    honest = Served().grow(600)
    before = watch(Served().grow(200)).state
    for path in honest.files:
        if path == "checkpoint" or path.endswith(".p/200"):
            continue
        for change in (b"\1", b""):
            damaged = Served(files=dict(honest.files))
            content = damaged.files[path]
            damaged.files[path] = content[:-1] + change if content[-1:] != change else content[:-2]
            for state in (None, before):
                seen = watch(damaged, state)
                assert set(alarms(seen)) <= {Alarm.WRONG_HASH, Alarm.ENTRY}, path
                assert alarms(seen), path
                assert seen.state == state


def test_an_entry_that_says_something_else_is_seen() -> None:
    served = Served()
    served.entries.append("Nguyễn Thị Mẫu".encode())
    assert alarms(watch(served.grow(3))) == [Alarm.ENTRY]


def test_another_key_or_another_log_is_refused() -> None:
    served = Served().grow(3)
    other = Ed25519PrivateKey.from_private_bytes(b"\x08" * 32)
    served.files["checkpoint"] = Checkpoint(ORIGIN, 3, b"\0" * 32).sign(
        other.public_key(), other.sign
    )
    assert alarms(watch(served)) == [Alarm.SIGNATURE]
    served.files["checkpoint"] = b"nothing"
    assert alarms(watch(served)) == [Alarm.SIGNATURE]


def test_silence_is_heard() -> None:
    served = Served().grow(3)
    assert alarms(watch(served, now=NOON + DAY)) == []
    seen = watch(served, now=NOON + DAY + timedelta(minutes=1))
    assert alarms(seen) == [Alarm.SILENT]
    assert seen.state is not None, "nothing was forged, so the state goes on"
    assert alarms(watch(served.grow(3, NOON + DAY), seen.state, now=NOON + DAY + DAY)) == []


def test_a_log_out_of_reach_is_unavailable() -> None:
    served = Served().grow(3)
    del served.files["tile/0/000.p/3"]
    with pytest.raises(Unavailable):
        watch(served)


def test_missing_witnesses_are_counted() -> None:
    secret = Ed25519PrivateKey.from_private_bytes(b"\x21" * 32)
    witness = KnownWitness("w", WitnessKey("w.example", secret.public_key()))
    policy = LogPolicy(POLICY.logs, (witness,), {}, "w")
    served = Served().grow(3)
    assert alarms(watch(served, policy=policy)) == [Alarm.WITNESSES]
    note = parse_note(served.files["checkpoint"])
    line = cosign(note.text, "w.example", secret.public_key(), secret.sign, NOON)
    served.files["checkpoint"] = Note(note.text, (*note.signatures, line)).encode()
    seen = watch(served, policy=policy)
    assert (alarms(seen), [each.name for each in seen.cosigned]) == ([], ["w.example"])
    assert verifier_key("w.example", secret.public_key(), COSIGNATURE).startswith("w.example+")
