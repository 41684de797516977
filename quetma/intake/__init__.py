"""Intake: a file → its table → its columns → its facts → the store, with every row accounted for.

understand: read (bytes to text) → columns (kind and meaning by headers) → normalise, facts (text to values); no store.
prepare (the preview): understand → settle (against the store). load: one transaction.
"""

from quetma.intake.choices import DIRECTIONS, LEFT_OUT, Choices
from quetma.intake.columns import FIELDS, KINDS, Proposal
from quetma.intake.errors import REASONS, IntakeError
from quetma.intake.load import STEPS, Batch, load
from quetma.intake.prepare import Prepared, compare, prepare, prepare_file, refresh, unasked
from quetma.intake.understand import Found, Part, Refused, understand
from quetma.intake.undo import Undone, undo

__all__ = [
    "DIRECTIONS", "FIELDS", "KINDS", "LEFT_OUT", "REASONS", "STEPS",
    "Batch", "Choices", "Found", "IntakeError", "Part", "Prepared", "Proposal", "Refused", "Undone",
    "compare", "load", "prepare", "prepare_file", "refresh", "unasked", "understand", "undo",
]  # fmt: skip
