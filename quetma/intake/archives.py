"""ZIP archives → the files in them, with nothing unpacked to disk and nothing larger than it says."""

import contextlib
import io
import zipfile
from collections.abc import Iterator

from quetma.intake.errors import IntakeError

UNPACKED_BYTES = 1 << 31  # an archive or workbook that unpacks to more is refused
SMALL_BYTES, TIMES = (
    64 << 20,
    100,
)  # and one that unpacks to more than both this and so many times its size: no log does
MEMBERS = 1000
BOMB = "The file unpacks to more than {limit} MB, too much for a log of its size. Split it into smaller files."
DAMAGED = "The workbook or ZIP archive is damaged. Save it again, a workbook as XLSX, and upload that."


def what_is_zipped(content: bytes) -> str:
    """What a file that begins like a ZIP archive is: workbook | document | archive. Raises `IntakeError`."""
    names = _names(content)
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return "workbook"
    if "content.xml" in names and "mimetype" in names:
        return "workbook"
    if "[Content_Types].xml" in names and any(name.startswith(("word/", "ppt/", "visio/")) for name in names):
        return "document"
    return "archive"


def most(content: bytes) -> int:
    """To how many bytes this file may unpack."""
    return min(UNPACKED_BYTES, max(SMALL_BYTES, TIMES * len(content)))


def too_much(content: bytes) -> IntakeError:
    """That it unpacks to more."""
    return IntakeError(BOMB, limit=most(content) >> 20)


def _names(content: bytes) -> set[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > most(content):
                raise too_much(content)
            return set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise IntakeError(DAMAGED) from error


def members(content: bytes) -> Iterator[tuple[str, bytes | IntakeError]]:
    """The files in an archive, in its order: name with folders, and content or why there is none.

    What operating systems leave in archives (folders, `__MACOSX`, hidden files) is passed over. Raises `IntakeError`
    for an archive as a whole: it would unpack to too much, or has too many members.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        wanted = [member for member in archive.infolist() if not member.is_dir() and not _hidden(_name(member))]
        if len(wanted) > MEMBERS:
            raise IntakeError("The ZIP archive holds more than 1,000 files. Split it into smaller ones.")
        left = most(content)
        for member in wanted:
            if member.flag_bits & 1:
                error = IntakeError("The ZIP archive is protected by a password. Make it without one.")
                yield _name(member), error
                continue
            try:
                with archive.open(member) as file:
                    unpacked = file.read(left + 1)
            except Exception as broken:  # whatever a damaged member makes of its decompressor
                error = IntakeError("This file of the ZIP archive is damaged and cannot be unpacked.")
                error.__cause__ = broken
                yield _name(member), error
                continue
            left -= len(unpacked)
            if left < 0:
                raise too_much(content)
            yield _name(member), unpacked


def _name(member: zipfile.ZipInfo) -> str:
    """The name with its folders. Archives made without the flag for UTF-8 often hold UTF-8 all the same."""
    name = member.filename
    if not member.flag_bits & 0x800:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return "/".join(part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))


def _hidden(name: str) -> bool:
    folders = name.split("/")
    return any(folder.startswith((".", "~$")) or folder in ("__MACOSX", "") for folder in folders) or folders[
        -1
    ].lower() in ("thumbs.db", "desktop.ini")
