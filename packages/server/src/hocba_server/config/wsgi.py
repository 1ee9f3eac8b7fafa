"""The WSGI entry: `granian --interface wsgi hocba_server.config.wsgi:application`."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hocba_server.config.settings")
application = get_wsgi_application()
