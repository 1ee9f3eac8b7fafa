"""Who may ask: origins of pages and the Host header. Pure.

An origin is scheme, host and port as a browser writes them (RFC 6454 section 6.2). Pages must come
over https; plain http counts only for this computer itself, where nobody sits in between.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from typing import Final

from hocba_agent.refusals import Refusal

MAX_ORIGIN: Final = 270
"""Characters: scheme, a host name of 253 characters (RFC 1035) and a port."""

_SHAPE: Final = re.compile(
    r"(?P<scheme>https?)://(?P<host>\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::(?P<port>[1-9]\d{0,4}))?",
    re.ASCII,
)
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_DEFAULT_PORT: Final = {"https": 443, "http": 80}
_LOOPBACK_NAMES: Final = {"localhost", "127.0.0.1", "[::1]"}


def parse_origin(text: str) -> str | None:
    """The origin, unchanged, when it is written as a browser writes it and may be paired.

    None for everything else: `null`, capitals, paths, default ports, user names, bad addresses,
    and plain http from another computer.
    """
    found = _SHAPE.fullmatch(text) if len(text) <= MAX_ORIGIN else None
    if found is None:
        return None
    scheme, host, port = found["scheme"], found["host"], found["port"]
    if port is not None and (int(port) > 65535 or int(port) == _DEFAULT_PORT[scheme]):
        return None
    if not _is_host(host):
        return None
    if scheme == "http" and host not in _LOOPBACK_NAMES:
        return None
    return text


def _is_host(host: str) -> bool:
    if host.startswith("["):
        return _is_address(host[1:-1], 6)
    labels = host.split(".")
    if labels[-1].isdigit():  # browsers read such a host as an IPv4 address
        return _is_address(host, 4)
    return all(_LABEL.fullmatch(label) for label in labels)


def _is_address(text: str, version: int) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return address.version == version and str(address) == text


def own_host(port: int) -> str:
    """The only Host header that is answered."""
    return f"127.0.0.1:{port}"


def own_origin(port: int) -> str:
    """Origin of the agent's own pages."""
    return f"http://{own_host(port)}"


def check_host(hosts: Sequence[str], port: int) -> None:
    """Refuse every Host header but the agent's own, so that a rebound name reaches nothing.

    Raises `bad-host`, also when the header is missing or repeated.
    """
    if list(hosts) != [own_host(port)]:
        raise Refusal("bad-host")


def check_api_origin(origins: Sequence[str], port: int, allowed: frozenset[str]) -> str:
    """The origin of the page that asks. `allowed` names the only ones that may, when not empty.

    Raises `bad-origin` when the header is missing, repeated, unreadable, not allowed, or the
    agent's own (its pages have no script and never call the API).
    """
    origin = parse_origin(origins[0]) if len(origins) == 1 else None
    if origin is None or origin == own_origin(port) or (allowed and origin not in allowed):
        raise Refusal("bad-origin")
    return origin


def check_page_origin(origins: Sequence[str], port: int, *, writes: bool) -> None:
    """The agent's own pages: forms come from them alone; opening one names no origin.

    Raises `bad-origin`.
    """
    own = [own_origin(port)]
    if list(origins) != own and (writes or origins):
        raise Refusal("bad-origin")
