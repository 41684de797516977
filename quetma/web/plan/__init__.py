"""The page of the unit's plan (pages/plan.py): shown, edited, continuity, rota; a case's checklist."""
