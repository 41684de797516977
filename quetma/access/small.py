"""Small groups: a figure about one or two people is about them, and so not for those who may not see health data."""

from quetma.access import rights

FEWEST = 3  # people in a group whose figure tells nothing about any one of them


def fewest(role: str) -> int:
    """How many people a group must have for that role to see a figure about it: 1 is any."""
    return 1 if rights.may(role, "health") else FEWEST


def count(role: str, n: int) -> int | None:
    """A count of people as that role may see it; None: there are some, too few to say how many."""
    return n if n == 0 or n >= fewest(role) else None
