"""The job worker of one house: `python -m hocba_server.demo.worker school`."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Work until told to stop."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hocba_server.config.settings")
    os.environ["HOCBA_DATABASE_ROLE"] = "worker"
    import django

    django.setup()
    from hocba_server.config.jobs import run_worker

    run_worker(sys.argv[1])


if __name__ == "__main__":
    main()
