"""Settings of the tests: everything they make lies in a folder of this run, removed at its end."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

from hocba_server.config.places import REPOSITORY

if "HOCBA_VAR" not in os.environ:
    # The runner makes the folder once; its parallel workers inherit the variable.
    _parent = REPOSITORY / "var" / "test"
    _parent.mkdir(parents=True, exist_ok=True)
    _folder = tempfile.mkdtemp(dir=_parent)
    os.chmod(_folder, 0o755)  # noqa: PTH101, S103 - PostgreSQL runs as a user of its own
    os.environ["HOCBA_VAR"] = _folder

    def _clean() -> None:
        from hocba_server.config.database import stop_all

        stop_all()
        shutil.rmtree(_folder, ignore_errors=True)

    atexit.register(_clean)

os.environ.setdefault("HOCBA_MOLD", "make")  # also for the programs that tests start

from hocba_server.config.settings import *  # noqa: F403 - the variable comes first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# The databases of tests are copies of those that the embedded server began with.
for _settings in DATABASES.values():  # noqa: F405
    if _settings["ENGINE"].startswith("hocba_server"):
        _settings["TEST"] = {"TEMPLATE": _settings["NAME"]}
        # One connection plays web and worker: the role follows the scope (config/guarded).
        _settings["ROLES_BY_SCOPE"] = bool(_settings.get("GUARDED"))
