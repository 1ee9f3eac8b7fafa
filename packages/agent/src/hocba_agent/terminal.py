"""The person's window: sentences in the terminal, pages in the browser, the PIN where she chose."""

from __future__ import annotations

import getpass
import queue
import sys
import webbrowser
from collections.abc import Callable

from hocba_agent.agent import Agent
from hocba_agent.origins import own_origin
from hocba_agent.pairing import PairingRequest
from hocba_agent.refusals import Refusal
from hocba_agent.sessions import SigningSession, State


def say(vi: str, en: str) -> None:
    """One sentence for the person, Vietnamese first."""
    sys.stdout.write(f"{vi}\n  {en}\n")
    sys.stdout.flush()


class TerminalWindow:
    """Prints, opens pages in the browser, and hands PIN questions to the terminal's own thread."""

    def __init__(self, port: int, *, browser: bool, pin_here: bool) -> None:
        self._base = own_origin(port)
        self._browser, self._pin_here = browser, pin_here
        self._questions: queue.SimpleQueue[SigningSession] = queue.SimpleQueue()

    def pairing_asked(self, request: PairingRequest) -> None:
        """A page asks to be paired."""
        code = f"{request.code[:3]} {request.code[3:]}"
        say(
            f"\nTrang {request.origin} xin ghép nối. Mã ghép nối: {code} (dùng trong 2 phút)",
            f"{request.origin} asks to be paired. Code: {code} (lasts 2 minutes)",
        )
        self._open(f"/pair/{request.nonce}")

    def pin_wanted(self, session: SigningSession) -> None:
        """A session waits for the PIN."""
        say(
            f"\nTrang {session.origin} xin ký: {session.purpose} (tối đa {session.count} chữ ký).",
            f"{session.origin} asks to sign: {session.count} signatures at most.",
        )
        if self._pin_here:
            self._questions.put(session)
        else:
            self._open(f"/pin/{session.nonce}")

    def _open(self, path: str) -> None:
        address = self._base + path
        if not (self._browser and webbrowser.open(address)):
            say(f"Mở địa chỉ này trên máy này: {address}", "Open this address on this computer.")

    def run(self, agent: Agent) -> None:
        """Ask for PINs in the terminal until the person presses Ctrl+C."""
        while True:
            try:
                session = self._questions.get(timeout=1)
            except queue.Empty:
                continue
            ask_pin(agent, session, getpass.getpass)


def ask_pin(agent: Agent, session: SigningSession, ask: Callable[[str], str]) -> None:
    """Ask for one session's PIN; an empty line refuses."""
    while session.state is State.WAITING:
        pin = ask("Mã PIN để ký, bỏ trống để từ chối (PIN to sign, empty to refuse): ")
        try:
            if not pin:
                agent.refuse_session(session.nonce)
                say("Không ký.", "Refused.")
                return
            refusal = agent.enter_pin(session.nonce, pin)[1]
        except Refusal as ended:
            refusal = ended
        if refusal is None:
            say("Đã mở phiên ký.", "The session is open.")
        else:
            say(refusal.vi, refusal.en)
