"""`python -m quetma`: the command line (quetma/cli.py)."""

import sys

from quetma.cli import main

sys.exit(main())
