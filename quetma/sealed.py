"""A backup as one file: what it holds, whether it is whole, and locked with a passphrase when there is one.

    write(path, parts, about, key); about = read(path, into, passphrase)

An open one is a ZIP: `about.json` (what the others are, with their SHA-256) and the parts. A locked one is a ZIP of two
files of age (age-encryption.org): `store.age` is that ZIP, and `key.age`, locked with the passphrase, is the key to it.
So who makes backups day by day holds only the public half of the key and never the passphrase, and without quetma any
`age` opens one: `age -d key.age > key && age -d -i key store.age > store.zip`.
"""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Any, cast

import pyrage
from pyrage import passphrase as age

from quetma.durable import private, sync
from quetma.intake.errors import Refusal

ABOUT = "about.json"
KEY, LOCKED = "key.age", "store.age"
FORMAT = 1
SHORTEST = 10  # characters of a passphrase
_PIECE = 1 << 20


class SealError(Refusal):
    """A backup cannot be written or read; nothing was changed."""


@dataclass(frozen=True)
class Key:
    """What backups are locked with. public: locks; secret: opens, itself locked with the passphrase."""

    public: str
    secret: bytes

    def text(self) -> str:
        """As it is kept in a file."""
        return json.dumps({"public": self.public, "secret": self.secret.decode()})

    @classmethod
    def of(cls, text: str) -> "Key":
        """As `text` wrote it."""
        kept = json.loads(text)
        return cls(kept["public"], kept["secret"].encode())


def new_key(passphrase: str) -> Key:
    """A key that this passphrase opens. Raises `SealError` when it is too short. Takes a second or two, as guessing it
    is to take.
    """
    if len(passphrase) < SHORTEST:
        raise SealError("The passphrase has at least {n} characters. Nothing was changed.", n=SHORTEST)
    own = pyrage.x25519.Identity.generate()
    return Key(str(own.to_public()), age.encrypt(str(own).encode(), passphrase, armored=True))


def write(path: Path, parts: Mapping[str, Path], about: Mapping[str, Any], key: Key | None) -> None:
    """Writes a backup of these files, each under its name, to `path`, which must not exist; read again and compared
    before this returns.
    """
    marks = {name: fingerprint(part) for name, part in parts.items()}
    told = {**about, "format": FORMAT, "parts": marks}
    inner = path.with_name(f"{path.name}.open") if key else path
    try:
        with private(inner) as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as pack:
                pack.writestr(ABOUT, json.dumps(told, ensure_ascii=False, indent=1))
                for name, part in parts.items():
                    pack.write(part, name)
            file.flush()
            os.fsync(file.fileno())
        if key:
            once = pyrage.x25519.Identity.generate()  # so that it can be read again here, without the passphrase
            with inner.open("rb") as source, private(path) as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as pack:
                    pack.writestr(KEY, key.secret)
                    with pack.open(LOCKED, "w", force_zip64=True) as target:
                        public = pyrage.x25519.Recipient.from_str(key.public)
                        pyrage.encrypt_io(source, cast(BufferedIOBase, target), [public, once.to_public()])
                file.flush()
                os.fsync(file.fileno())
            with inner.open("wb") as file, zipfile.ZipFile(path) as pack, pack.open(LOCKED) as source:
                pyrage.decrypt_io(cast(BufferedIOBase, source), file, [once])
        with zipfile.ZipFile(inner) as pack:
            for name, mark in marks.items():
                with pack.open(name) as file:
                    if hashlib.file_digest(cast(Any, file), "sha256").hexdigest() != mark:
                        raise SealError("What was written is not what was meant: the disk may be failing.")
    finally:
        if key:
            inner.unlink(missing_ok=True)
    sync(path.parent)


def locked(path: Path) -> bool:
    """Whether a backup asks for a passphrase. Raises `SealError` when it is no backup or not whole."""
    with _opened(path) as pack:
        names = set(pack.namelist())
    if {KEY, LOCKED} <= names:
        return True
    if ABOUT not in names:
        raise SealError("{file} is no backup of quetma. Nothing was changed.", file=path.name)
    return False


def read(path: Path, into: Path, passphrase: str | None = None) -> dict[str, Any]:
    """Unpacks a backup into a folder and says what it is about. Every part is compared with its fingerprint. Raises
    `SealError`; the folder may then hold pieces.
    """
    if locked(path):
        inner = into / f"{path.name}.open"
        try:
            _unlock(path, inner, passphrase)
            return _unpack(inner, into, path.name)
        finally:
            inner.unlink(missing_ok=True)
    return _unpack(path, into, path.name)


def _unlock(path: Path, inner: Path, passphrase: str | None) -> None:
    if not passphrase:
        raise SealError("{file} is locked: give its passphrase. Nothing was changed.", file=path.name)
    with _opened(path) as pack:
        try:
            secret = age.decrypt(pack.read(KEY), passphrase).decode()
        except pyrage.DecryptError as error:
            raise SealError(
                "This is not the passphrase of {file}. Capitals and spaces count. Nothing was changed.", file=path.name
            ) from error
        except (zipfile.BadZipFile, EOFError, OSError) as error:
            raise _broken(path.name) from error
        try:
            with pack.open(LOCKED) as source, private(inner) as file:
                pyrage.decrypt_io(cast(BufferedIOBase, source), file, [pyrage.x25519.Identity.from_str(secret)])
        except (pyrage.DecryptError, pyrage.IdentityError, zipfile.BadZipFile, EOFError) as error:
            raise _broken(path.name) from error
        except OSError as error:  # a CRC that fails while age reads comes back as one without a number
            if error.errno is None:
                raise _broken(path.name) from error
            raise


def _unpack(pack_path: Path, into: Path, name: str) -> dict[str, Any]:
    with _opened(pack_path, name) as pack:
        try:
            about = json.loads(pack.read(ABOUT))
            if about["format"] > FORMAT:
                raise SealError(
                    "{file} was made by a newer version of quetma. Use that one. Nothing was changed.", file=name
                )
            for part, mark in about["parts"].items():
                target = into / part
                if not target.resolve().is_relative_to(into.resolve()):
                    raise _broken(name)
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with pack.open(part) as source, private(target) as file:
                    shutil.copyfileobj(source, file, _PIECE)
                    file.flush()
                    os.fsync(file.fileno())
                if fingerprint(target) != mark:
                    raise _broken(name)
        except (zipfile.BadZipFile, KeyError, ValueError, EOFError, TypeError, NotImplementedError) as error:
            raise _broken(name) from error
    return about


def fingerprint(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _opened(path: Path, name: str = "") -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        with suppress(OSError), path.open("rb") as file:
            if file.read(2) != b"PK":
                raise SealError(
                    "{file} is no backup of quetma. Nothing was changed.", file=name or path.name
                ) from error
        raise _broken(name or path.name) from error


def _broken(name: str) -> SealError:
    return SealError(
        "{file} is not whole: it was cut off or changed after it was made. Take another backup. Nothing was changed.",
        file=name,
    )
