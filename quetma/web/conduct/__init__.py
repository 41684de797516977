"""The page of reminders and sanctions (pages/conduct.py)."""
