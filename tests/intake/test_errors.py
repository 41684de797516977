"""A refusal in the reader's language, whatever it quotes."""

from quetma.intake import IntakeError
from quetma.language import translator
from quetma.web.widgets import plain


def test_a_refusal_quotes_texts_and_numbers():
    """A screen makes what is quoted safe for Markdown; a number in a refusal once took the whole page with it."""
    error = IntakeError("The file is larger than {limit} MB: {name}", limit=200, name="[a](b)")
    assert error.words(translator("en"), plain) == r"The file is larger than 200 MB: \[a\]\(b\)"
