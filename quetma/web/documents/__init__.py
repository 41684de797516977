"""The page of official documents (pages/documents.py)."""

VIEW = "documents_view"  # in the session: which view of the page is open
GO = "documents_go"  # in the session: which view the next run is to open
SAID = "documents_said"  # in the session: what came of the last press, to be said on the page drawn next
