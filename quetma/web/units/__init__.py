"""The parts of the page that compares units, and the picker that narrows every page to one."""
