"""The rejected rows of an upload as a file in the shape of the one they came in, to be mended and uploaded again."""

from pathlib import Path

from quetma.documents import table
from quetma.intake import REASONS, mend
from quetma.language import Translate, translator
from quetma.store import Store


def write(store: Store, of: mend.Shape, fmt: str, path: Path, language: str) -> str:
    """Writes the rows that can still be mended to `path` as csv or xlsx: the cells under the headers of the file, why
    each was rejected, and which row it mends when it comes back. Returns the sentence in the file.
    """
    t = translator(language)
    count = store.ask("intake/reject_counts", batch=of.batch_id)["open"][0]
    title = t("Rejected rows of upload {batch}, {file}: {n}. Correct them here, then upload this file.",
              batch=of.batch_id, file=of.file_name, n=count)  # fmt: skip
    table.write(path, fmt, mend.pages(store, of, t), columns(of, t), title, count)
    return title


def columns(of: mend.Shape, t: Translate) -> list[table.Column]:
    """The columns of the file."""
    words = {code: t(text) for code, text in REASONS.items()}
    return [
        table.Column(column, heading, 60 if column == "reason" else 20, words if column == "reason" else {})
        for column, heading in mend.headings(of, t).items()
    ]
