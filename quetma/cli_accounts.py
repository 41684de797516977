"""The verbs of a shell about who may sign in, and of which unit they are: `user` and `unit`."""

import argparse
from collections.abc import Callable

from quetma import people, places, units
from quetma.access import accounts, second, sessions
from quetma.access.rights import ROLES
from quetma.shell import Refused, Verb, asked_password, existing, operator
from quetma.store import Store
from quetma.units import Unit

Act = Callable[[Store, argparse.Namespace], None]


def add_verbs(verb: Callable[[str, Verb, str], argparse.ArgumentParser]) -> None:
    """Adds both to the command line."""
    user = verb("user", run_user, "Make, list and change accounts. A password is asked for.")
    user.add_argument(
        "what", choices=list(USER),
        help="add: make one; list: show all; password: give it another, to be changed at the next sign-in; role: give "
        "it another role; unit: say of which unit it is; off, on: let nobody sign in, or somebody again; second-off: "
        "take the second factor away",
    )  # fmt: skip
    user.add_argument("name", metavar="NAME", nargs="?")
    user.add_argument("--role", choices=ROLES, help="of add and role")
    user.add_argument("--unit", metavar="NAME", help="of add and unit: whose people they are (default: the topmost)")
    user.add_argument("--password-stdin", action="store_true", help="read the password from the first line of stdin")

    unit = verb("unit", run_unit, "Make, list and change the units of a province or nation; one unit alone needs none.")
    unit.add_argument(
        "what", choices=list(UNIT),
        help="add: make one, the first is the topmost; list: show the tree; give: its places; remove: an empty one",
    )  # fmt: skip
    unit.add_argument("name", metavar="NAME", nargs="?")
    unit.add_argument("--above", metavar="NAME", help="of add: the unit above (default: the topmost)")
    unit.add_argument(
        "--place", action="append", default=[], metavar="NAME", help="of give; again for each further one"
    )


def run_user(given: argparse.Namespace) -> None:
    """Makes, lists or changes accounts."""
    store = existing(given)
    if given.what != "list" and not given.name:
        raise Refused(f"Say whose account: user {given.what} NAME.")
    if given.what in ("add", "role") and not given.role:
        raise Refused(f"Say which role: user {given.what} NAME --role {'|'.join(ROLES)}.")
    if given.what == "unit" and not given.unit:
        raise Refused("Say which unit: user unit NAME --unit UNIT.")
    USER[given.what](store, given)
    account = accounts.find(store, given.name) if given.name else None
    if account and given.what != "list":
        sessions.end_all(store, account.name)  # else the next start brings back who was signed in before


def user_add(store: Store, given: argparse.Namespace) -> None:
    """Makes an account with a password that is its own."""
    unit = the_unit(store, given.unit)
    name = accounts.add(store, given.name, asked_password(given), given.role, by=operator(), unit=unit)
    print(f"{name} may sign in as {given.role}.")


def user_list(store: Store, _given: argparse.Namespace) -> None:
    """A line for each account."""
    tree = {unit.unit_id: unit.name for unit in units.every(store)}
    for account in accounts.every(store):
        of = f", {tree[units.of(store, account.unit) or 0]}" if len(tree) > 1 else ""
        if account.password_hash != accounts.NO_PASSWORD:
            state = "off" if account.off_since else "first password" if account.must_change else "in use"
            print(f"{account.name}: {account.role}, {state}, second factor {'on' if account.second else 'off'}{of}")


def user_password(store: Store, given: argparse.Namespace) -> None:
    """Another password, which is to be changed at the next sign-in."""
    accounts.set_password(store, given.name, asked_password(given), by=operator(), to_change=True)
    print(f"{given.name} signs in with that password once, within {accounts.FIRST_LASTS.days} days, and changes it.")


def user_role(store: Store, given: argparse.Namespace) -> None:
    """Another role."""
    accounts.set_role(store, given.name, given.role, operator())
    print(f"{given.name} is {given.role} from now on.")


def user_unit(store: Store, given: argparse.Namespace) -> None:
    """Of another unit's people."""
    accounts.set_unit(store, given.name, the_unit(store, given.unit), operator())
    print(f"{given.name} is of {given.unit} from now on.")


def user_switch(store: Store, given: argparse.Namespace) -> None:
    """Nobody signs in to it any more, or somebody again."""
    accounts.switch(store, given.name, given.what == "on", operator())
    print(f"{given.name}: {given.what}.")


def user_second_off(store: Store, given: argparse.Namespace) -> None:
    """Without the second factor, for whoever has lost phone and paper."""
    second.reset(store, given.name, operator())
    print(f"{given.name} signs in without the second factor.")


USER: dict[str, Act] = {
    "add": user_add,
    "list": user_list,
    "password": user_password,
    "role": user_role,
    "unit": user_unit,
    "off": user_switch,
    "on": user_switch,
    "second-off": user_second_off,
}


def run_unit(given: argparse.Namespace) -> None:
    """Makes, lists or changes units."""
    store = existing(given)
    if given.what != "list" and not given.name:
        raise Refused(f"Say which unit: unit {given.what} NAME.")
    UNIT[given.what](store, given)


def unit_add(store: Store, given: argparse.Namespace) -> None:
    """Makes a unit."""
    number = units.add(store, given.name, the_unit(store, given.above), operator())
    made = next(unit for unit in units.every(store) if unit.unit_id == number)
    print(f"{made.name} is a unit now.")


def unit_list(store: Store, _given: argparse.Namespace) -> None:
    """A line for each unit, moved in as deep as it lies."""
    for unit in units.every(store):
        print(f"{'  ' * unit.depth}{unit.name}: {unit.places} places, {unit.accounts} accounts of its own")


def unit_give(store: Store, given: argparse.Namespace) -> None:
    """Says whose places are."""
    number = the_unit(store, given.name)
    known = {key: one for one in places.every(store) for key in (people.fold(one.name), *one.names)}
    missing = [place for place in given.place if people.fold(place) not in known]
    if missing or not given.place:
        told = ", ".join(sorted({one.name for one in known.values()}))
        raise Refused(f"Say with --place which places; known are: {told or 'none'}. Nothing was changed.")
    mine = [known[people.fold(place)].location_id or 0 for place in given.place]
    units.give(store, mine, number, operator())
    print(f"{given.name}: {', '.join(given.place)}.")


def unit_remove(store: Store, given: argparse.Namespace) -> None:
    """Takes a unit out of the tree."""
    units.remove(store, the_unit(store, given.name) or 0, operator())
    print(f"{given.name} is removed.")


UNIT: dict[str, Act] = {"add": unit_add, "list": unit_list, "give": unit_give, "remove": unit_remove}


def the_unit(store: Store, name: str | None) -> int | None:
    """The number of the unit of that name; None for none said."""
    if name is None:
        return None
    known: dict[str, Unit] = {people.fold(unit.name): unit for unit in units.every(store)}
    if people.fold(name) not in known:
        told = ", ".join(unit.name for unit in known.values())
        raise Refused(f"There is no unit {name!r}. Known are: {told or 'none'}. Nothing was changed.")
    return known[people.fold(name)].unit_id
