"""QR check-in at a government unit: who was where, who complies, and whom a sick person may have infected."""

import os

# Before Polars is loaded: what its frames took is given back only after an upload, not again and again during it.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:3000")
