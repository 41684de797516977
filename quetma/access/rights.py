"""Who may do what: the one table of rights, asked by pages, routes and the command line."""

ROLES = ("leader", "gatekeeper", "viewer")
# Whoever runs commands on the store's files owns them, and could read them with any program: no account can have this.
OPERATOR = "operator"

# Of the rights below those that only the people of the root have where there are units: they concern all of them.
OF_THE_ROOT = frozenset({"server", "installation"})

RIGHTS: dict[str, frozenset[str]] = {
    "figures": frozenset(ROLES),  # counts and rates without names
    "units": frozenset({"leader"}),  # the units beneath one's own, each by itself: see quetma/access/small.py
    "people": frozenset({"leader", "gatekeeper"}),  # names and phones of who is on site
    "gate": frozenset({"leader", "gatekeeper"}),  # entering who comes and goes
    "badges": frozenset({"leader"}),  # badges of the staff
    "health": frozenset({"leader"}),  # named people's doses, declarations, app installs
    "trace": frozenset({"leader"}),
    "history": frozenset({"leader"}),
    "export": frozenset({"leader"}),
    "upload": frozenset({"leader"}),
    "places": frozenset({"leader"}),  # the register of places and their printed codes
    "who": frozenset({"leader"}),  # saying who is the same person as whom
    "audit": frozenset({"leader"}),  # who looked up, decided, exported and changed what
    "accounts": frozenset({"leader"}),  # who may sign in, in which role
    "installation": frozenset({"leader"}),  # what holds for every unit: settings, the plan, the units themselves
    "server": frozenset({"leader"}),  # the server's own figures (/_stcore/metrics), the store as a whole
}


def may(role: str, right: str, unit: int | None = None) -> bool:
    """Whether that role has that right. unit: of which unit beneath the root; None: of the root, or there are no units.
    An unknown right is a mistake in the program: KeyError.
    """
    return (role in RIGHTS[right] or role == OPERATOR) and (unit is None or right not in OF_THE_ROOT)
