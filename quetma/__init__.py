"""QR check-in at a government unit: who was where, who complies, and whom a sick person may have infected."""

import os

# Before Polars is loaded: what its frames took is given back only after an upload, not again and again during it, also
# what is large; and it is taken again by whoever comes next, for which there are no more heaps than processors.
os.environ.setdefault("_RJEM_MALLOC_CONF", f"dirty_decay_ms:3000,oversize_threshold:0,narenas:{os.cpu_count()}")
