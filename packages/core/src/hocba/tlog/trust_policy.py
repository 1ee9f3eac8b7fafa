"""Which logs and which witnesses somebody trusts, and how many must have cosigned.

The file format is C2SP tlog-policy: lines `log <vkey> [<url>]`, `witness <name> <vkey> [<url>]`,
`group <name> <k|any|all> <name>…` and one `quorum <name|none>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hocba.errors import Malformed
from hocba.tlog.cosignature import WitnessKey
from hocba.tlog.note import COSIGNATURE, parse_verifier_key

MAX_SIZE = 200_000
NONE = "none"
_COUNT = re.compile(r"[1-9][0-9]{0,3}")
_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A log by its origin and key."""

    origin: str
    key: Ed25519PublicKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class KnownWitness:
    """A witness under the name that this file gives it."""

    label: str
    key: WitnessKey
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Satisfied when at least `needed` of its members are."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LogPolicy:
    """The whole file. The default trusts no log, knows no witness and demands none."""

    logs: tuple[KnownLog, ...] = ()
    witnesses: tuple[KnownWitness, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    @classmethod
    def parse(cls, data: bytes) -> LogPolicy:
        """Read a policy file. Raises `Malformed` with code `log_policy` and the line's number."""
        return _Reader().read(data)

    @property
    def witness_keys(self) -> tuple[WitnessKey, ...]:
        """Names and keys of the witnesses, as signature lines carry them."""
        return tuple(each.key for each in self.witnesses)

    def label(self, key_name: str) -> str:
        """The file's name of a witness, for people; the key's name when it is not listed."""
        return next((one.label for one in self.witnesses if one.key.name == key_name), key_name)

    def accepts(self, key_names: Iterable[str]) -> bool:
        """Tell whether the witnesses with these key names are enough."""
        names = set(key_names)
        seen = {each.label for each in self.witnesses if each.key.name in names}
        return self.quorum == NONE or self._holds(self.quorum, seen)

    def _holds(self, name: str, seen: set[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in seen
        return sum(self._holds(member, seen) for member in group.members) >= group.needed


class _Reader:
    def __init__(self) -> None:
        self.logs: list[KnownLog] = []
        self.witnesses: list[KnownWitness] = []
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self.used: set[str] = set()

    def read(self, data: bytes) -> LogPolicy:
        if len(data) > MAX_SIZE or _CONTROL.search(data):
            raise _wrong(0)
        try:
            lines = data.decode("utf-8").split("\n")
        except UnicodeDecodeError:
            raise _wrong(0) from None
        for number, line in enumerate(lines, 1):
            words = [word for word in re.split(r"[ \t]+", line) if word]
            if not words or words[0].startswith("#"):
                continue
            try:
                self._line(words[0], words[1:])
            except (ValueError, Malformed):
                raise _wrong(number) from None
        if self.quorum is None:
            raise _wrong(len(lines))
        return LogPolicy(tuple(self.logs), tuple(self.witnesses), self.groups, self.quorum)

    def _line(self, keyword: str, words: list[str]) -> None:
        match keyword, words:
            case "log", [line, *url] if len(url) < 2:
                origin, key = parse_verifier_key(line)
                if any(_same(key, known.key) for known in self.logs):
                    raise ValueError("the same log twice")
                self.logs.append(KnownLog(origin, key, *url))
            case "witness", [label, line, *url] if len(url) < 2:
                name, key = parse_verifier_key(line, COSIGNATURE)
                if any(_same(key, known.key.key) for known in self.witnesses):
                    raise ValueError("the same witness twice")
                self.witnesses.append(KnownWitness(self._new(label), WitnessKey(name, key), *url))
            case "group", [name, count, *members] if members:
                for member in members:
                    self._use(member)
                needed = {"any": 1, "all": len(members)}.get(count) or self._count(count)
                if needed > len(members):
                    raise ValueError("more than there are members")
                self.groups[self._new(name)] = Group(needed, tuple(members))
            case "quorum", [name] if self.quorum is None:
                if name != NONE:
                    self._use(name)
                self.quorum = name
            case _:
                raise ValueError("not a line of a policy")

    def _new(self, name: str) -> str:
        if name == NONE or name in self._names():
            raise ValueError("the name is taken")
        return name

    def _use(self, name: str) -> None:
        """A name counts once, so that no witness counts twice."""
        if name not in self._names() or name in self.used:
            raise ValueError("the name is unknown or used already")
        self.used.add(name)

    def _names(self) -> set[str]:
        return {each.label for each in self.witnesses} | set(self.groups)

    @staticmethod
    def _count(text: str) -> int:
        if not _COUNT.fullmatch(text):
            raise ValueError("not a number")
        return int(text)


def _same(one: Ed25519PublicKey, other: Ed25519PublicKey) -> bool:
    return one.public_bytes_raw() == other.public_bytes_raw()


def _wrong(number: int) -> Malformed:
    return Malformed(
        "log_policy",
        "Tệp quy tắc nhân chứng (tlog-policy) không đọc được.",
        "The witness policy file (tlog-policy) cannot be read.",
        where=f"dòng {number}" if number else None,
    )
