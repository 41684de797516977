"""What every verb of the command line begins with: which store, who it is, and how input is refused."""

import argparse
import getpass
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from quetma import durable, switch
from quetma.file import FILE
from quetma.store import Store, configured_folder, open_store

Verb = Callable[[argparse.Namespace], int | None]  # None is 0


class Refused(Exception):
    """The input cannot be used; the text is the line that says why and what to do."""


def folder(given: argparse.Namespace) -> Path:
    """The store's folder: `--store`, else QUETMA_STORE, else data/."""
    return given.store or configured_folder()


def existing(given: argparse.Namespace) -> Store:
    """The store, which must have been made before: a mistyped folder must not become an empty store."""
    where = folder(given)
    if not (where / FILE).is_file():
        raise Refused(f"There is no store in {where}. Make it first: python -m quetma --store {where} init")
    return open_store(where)


@contextmanager
def output(store: Store, path: Path) -> Generator[None]:
    """Within this a command writes the file that was asked for: never over what belongs to the store, and for whom the
    umask lets in.
    """
    if switch.belongs(store.folder, path):
        raise Refused(
            f"{path} is, or would be, a part of the store itself. Name a file in another folder. Nothing was written."
        )
    with durable.shared(path):
        yield


def operator() -> str:
    """Who the audit and the batches say it was."""
    return f"shell:{getpass.getuser()}"


def asked_password(given: argparse.Namespace) -> str:
    """The password, from stdin or asked for twice."""
    if given.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Refused("There is no terminal to ask for the password on: give it with --password-stdin.")
    password = getpass.getpass()
    if getpass.getpass("The same again: ") != password:
        raise Refused("The two passwords differ. Nothing was changed.")
    return password
