"""The parts of the page for the administrator."""
