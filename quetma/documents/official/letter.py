"""An official letter (công văn) of the unit, such as the answer to a request."""

from collections.abc import Sequence

from quetma import agency
from quetma.documents.official.paper import Appendix, Block, Paper, Paragraph
from quetma.store import Store


def letter(
    store: Store,
    subject: str,
    addressees: Sequence[str],
    body: Sequence[str | Block],
    *,
    kind: str = "letter",
    appendices: Sequence[Appendix] = (),
) -> Paper:
    """The letter, to be rendered by pdf.py and docx.py or kept by `making.make`. body: texts are paragraphs.

    subject: what stands after "V/v", without a capital. addressees: under "Kính gửi". The agency, who signs and who
    receives are the unit's.
    """
    blocks = tuple(Paragraph(part) if isinstance(part, str) else part for part in body)
    return Paper(
        kind, agency.of(store), "", "", subject, store.clock(), blocks, tuple(addressees), tuple(appendices)
    )  # fmt: skip
