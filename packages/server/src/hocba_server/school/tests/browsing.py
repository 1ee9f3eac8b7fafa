"""What a test needs to look at pages as somebody of the cast."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from hocba_server.web.accounts.actor import Actor

Browse = Callable[[Actor], Client]
