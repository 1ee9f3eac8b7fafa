from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from hocba_server.school.training.codes import is_training_code
from hocba_server.web.accounts.models import User


def training(request: HttpRequest) -> dict[str, Any]:
    """Every page of a training school speaks as training mode does, whatever the installation.

    Stands after the layout's own processor, whose `mode` it replaces.
    """
    user = getattr(request, "user", None)
    if isinstance(user, User) and user.house == "school" and is_training_code(user.unit_code):
        return {"mode": "training"}
    return {}
