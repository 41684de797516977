"""Intake: a file → its table → its columns → its facts → the store, with every row accounted for.

read (bytes to text) → columns (kind and meaning by headers) → normalise, facts (text to values) → settle (against
the store) → prepare (the preview) → load (one transaction).
"""

from quetma.intake.columns import FIELDS, KINDS
from quetma.intake.errors import REASONS, IntakeError
from quetma.intake.load import STEPS, Batch, load
from quetma.intake.prepare import Prepared, prepare, refresh

__all__ = ["FIELDS", "KINDS", "REASONS", "STEPS", "Batch", "IntakeError", "Prepared", "load", "prepare", "refresh"]
