"""The page of official documents (pages/documents.py)."""

SAID = "documents_said"  # in the session: what came of the last press, to be said on the page drawn next
