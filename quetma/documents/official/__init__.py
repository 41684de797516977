"""Official documents by Decree 30/2020/NĐ-CP: one content (paper.py), rendered as PDF (pdf.py) and as DOCX (docx.py).

What a document says is put together in report/, dossier.py and letter.py; making.py makes it, keeps it in the archive
and writes the metadata that document management (eDMS) asks for. They are in Vietnamese, whatever the screens speak.
"""

from quetma.language import translator

WRITTEN = translator("vi")
FORMATS = ("pdf", "docx")
