"""The machine's own virus scanner, asked about each file before it is opened: a command that `QUETMA_SCANNER` names, as
`clamdscan --no-summary --fdpass`. Without one, nothing is asked.
"""

import logging
import os
import shlex
import subprocess
from pathlib import Path

from quetma.intake.errors import IntakeError

SETTING = "QUETMA_SCANNER"
SECONDS = 600
FOUND = 1  # as ClamAV's commands end, and others by their example; 0 is nothing found

_log = logging.getLogger(__name__)


def scan(path: Path) -> None:
    """Raises `IntakeError` when the scanner finds something in the file, or does not answer."""
    try:
        command = shlex.split(os.environ.get(SETTING, ""))
        if not command:
            return
        quiet = subprocess.DEVNULL
        status = subprocess.run(  # noqa: S603 - the administrator's own command, no shell
            [*command, str(path.resolve())], stdin=quiet, stdout=quiet, stderr=quiet, timeout=SECONDS, check=False
        ).returncode
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:  # ValueError: a quote that nobody closes
        _log.error("the virus scanner did not answer: %s", type(error).__name__)
        status = None
    if status == FOUND:
        raise IntakeError(
            "The virus scanner has found something in this file, so it was not opened. Tell your administrator, and "
            "whoever sent you the file. Nothing was changed."
        )
    if status != 0:
        raise IntakeError(
            "The virus scanner of the server does not answer, so the file was not opened. Tell your administrator, and "
            "hand the file in again later. Nothing was changed."
        )
