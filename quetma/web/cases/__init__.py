"""The page of cases and the follow-up of their contacts (pages/cases.py), and what other pages show of it."""
