"""`python -m quetma`: the command line (quetma/cli.py)."""

import logging
import sys

from quetma import durable
from quetma.cli import main

logging.getLogger("quetma").addHandler(logging.NullHandler())  # what a command has to say it says itself
durable.keep_private()
sys.exit(main())
