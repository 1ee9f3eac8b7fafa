"""A remote signing service for tests: the real protocol over HTTP, with the cast's keys in it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from hocba_certworld.csc.application import CscService
from hocba_certworld.csc.office import Lifetimes
from hocba_certworld.csc.people import CscClient, CscCredential, CscUser, KnownPeople
from hocba_certworld.service import make_server
from hocba_certworld.world import CertWorld
from hocba_server.adapters.remote_signing import RemoteSigningService
from hocba_server.school.tests.cast import AT, FixedClock

PIN, PASSWORD = "135790", "mật khẩu"
CLIENT, SECRET, BACK = "hocba", "bí mật", "https://hocba.test/tro-lai"


@dataclass
class Provider:
    """The service as the platform sees it, a token of one account, and the codes it sent out."""

    service: RemoteSigningService
    token: str
    codes: list[str] = field(default_factory=list)


@contextmanager
def running_provider(world: CertWorld, own: Sequence[CscCredential]) -> Iterator[Provider]:
    """A running service where one account holds these credentials."""
    codes: list[str] = []
    csc = CscService(
        KnownPeople([CscUser("nguoi-ky", tuple(own), PASSWORD)]),
        [CscClient(CLIENT, frozenset({BACK}), SECRET)],
        base_url="",
        now=lambda: AT,
        lifetimes=Lifetimes(),
        send=lambda _user, code: codes.append(code),
    )
    server = make_server(world, port=0, csc=csc)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    csc.office.base_url = f"http://127.0.0.1:{server.server_address[1]}"
    service = RemoteSigningService(
        f"{csc.office.base_url}/csc/v2",
        client_id=CLIENT,
        client_secret=SECRET,
        redirect_uri=BACK,
        clock=FixedClock(),
    )
    try:
        yield Provider(service, service.login("nguoi-ky", PASSWORD).value, codes)
    finally:
        server.shutdown()
        server.server_close()
