"""Starting our own command line as a process of its own: what links and what tells takes nobody down with it."""

import os
import subprocess
import sys

from sqlalchemy import Engine


def begin_program(engine: Engine, *words: str) -> subprocess.Popen[bytes]:
    """Begin ``fapai`` with these words on the same database; what it prints goes nowhere, its errors where ours go.

    The address goes by the environment: it may hold a password, and arguments can be seen by everybody on the machine.
    """
    env = os.environ | {"FAPAI_DB": engine.url.render_as_string(hide_password=False)}
    command = [sys.executable, "-P", "-m", "fapai", *words]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, env=env)  # noqa: S603
