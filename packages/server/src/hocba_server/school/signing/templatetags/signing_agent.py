from __future__ import annotations

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def agent_address() -> str:
    """Where the signing agent listens on the signer's own computer, as the pages' policy allows."""
    return str(settings.AGENT_URL)
