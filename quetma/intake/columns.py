"""Which kind of log a table is, and what each of its columns means: told by the headers, never assumed.

No public specification of any export exists, so every kind lists the headers seen in the field and their likely variants. Headers are
compared without tones, marks, case, punctuation, and words in brackets.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from quetma.intake.errors import IntakeError
from quetma.intake.read import Cells, Head, SheetSource, TextSource
from quetma.people import fold

PERSON = {
    "name": "họ tên|họ và tên|họ & tên|tên|người quét|người khai báo|người tiêm|người ra vào|cán bộ|nhân viên|khách|tên khách"
    "|họ tên khách|họ và tên khách|họ tên công chức|người được tiêm|đối tượng|name|full name|fullname|person|visitor|visitor name|employee",
    "phone": "số điện thoại|sđt|điện thoại|số đt|đt|di động|số di động|điện thoại di động|số máy|số điện thoại liên hệ"
    "|phone|phone number|phonenumber|mobile|mobile number|tel|telephone|cell phone",
    "birth": "năm sinh|ngày sinh|ngày tháng năm sinh|birth year|year of birth|birth date|birthdate|date of birth|dob|birthday|yob",
}
PLACE = (
    "địa điểm|tên địa điểm|trụ sở|nơi làm việc|cơ sở|điểm quét|địa điểm quét|điểm kiểm dịch|nơi đến|địa điểm đến|nơi quét"
    "|location|place|site|premises|location name|workplace|office|checkpoint"
)


@dataclass(frozen=True)
class Kind:
    """One kind of log. `fields`: field → header spellings separated by `|`. A table is of this kind when it has one field of each group
    of `needs`; it is taken for it unasked when it also has one of `marks`."""

    label: str
    fields: dict[str, str]
    needs: tuple[tuple[str, ...], ...]
    marks: tuple[str, ...]


KINDS = {
    "doses": Kind(
        "Vaccine doses",
        PERSON
        | {
            "number": "mũi|mũi số|số mũi|mũi tiêm|số mũi tiêm|mũi tiêm số|lần tiêm|mũi thứ|dose|dose number|dose no|number",
            "vaccine": "vắc xin|vacxin|vaccine|loại vắc xin|tên vắc xin|loại vaccine|tên vaccine|vaccine name",
            "given_on": "ngày tiêm|thời gian tiêm|ngày tiêm chủng|ngày giờ tiêm|given on|date given|vaccination date|dose date|vaccinated on",
            "place": "nơi tiêm|địa điểm tiêm|cơ sở tiêm|cơ sở tiêm chủng|điểm tiêm|vaccination place|vaccination site|place|clinic",
            "lot": "số lô|lô|lô vắc xin|số lô vắc xin|lot|lot number|batch number",
            "confirmed_by": "người xác nhận|xác nhận|đã xác nhận|xác nhận bởi|minh chứng|giấy xác nhận|confirmed by|confirmed|confirmation",
        },
        (("name", "phone"), ("number",), ("given_on",)),
        ("given_on",),
    ),
    "apps": Kind(
        "App installs",
        PERSON
        | {
            "app": "ứng dụng|tên ứng dụng|ứng dụng đã cài|phần mềm|app|app name|application",
            "installed_on": "ngày cài đặt|ngày cài|thời gian cài đặt|ngày cài ứng dụng|installed on|install date|installed|date installed",
        },
        (("name", "phone"), ("app",), ("installed_on",)),
        ("app",),
    ),
    "declarations": Kind(
        "Health declarations",
        PERSON
        | {
            "declared_at": "thời gian khai báo|ngày khai báo|khai báo lúc|thời điểm khai báo|ngày giờ khai báo|thời gian khai báo y tế"
            "|thời gian kbyt|ngày kbyt|declared at|declaration time|declaration date|declared on",
            "time": "thời gian|giờ|time",
            "date": "ngày|date",
            "symptoms": "triệu chứng|dấu hiệu|biểu hiện|các triệu chứng|triệu chứng nếu có|symptoms|symptom",
        },
        (("name", "phone"), ("declared_at", "time", "date")),
        ("declared_at", "symptoms"),
    ),
    "roster": Kind(
        "Staff roster",
        PERSON
        | {
            "position": "chức vụ|chức danh|vị trí|vị trí công tác|vị trí việc làm|position|title|job title|role",
            "location": PLACE + "|trụ sở làm việc",
            "smartphone": "điện thoại thông minh|có điện thoại thông minh|dùng điện thoại thông minh|sử dụng điện thoại thông minh"
            "|smartphone|smart phone|has smartphone|uses smartphone",
            "started": "ngày vào|ngày vào làm|ngày bắt đầu|ngày nhận việc|từ ngày|started|start date|start|from|started on",
            "ended": "ngày nghỉ|ngày nghỉ việc|ngày kết thúc|ngày thôi việc|đến ngày|ended|end date|end|to|ended on",
        },
        (("name",), ("position", "smartphone")),
        ("position", "smartphone"),
    ),
    "scans": Kind(
        "QR scans",
        PERSON
        | {
            "location": PLACE,
            "time": "thời gian|thời gian quét|thời gian quét mã|ngày giờ|ngày giờ quét|thời điểm|thời điểm quét|giờ|giờ quét|lúc"
            "|thời gian check in|thời gian checkin|time|scan time|scanned at|timestamp|datetime|date time|check in time|checkin time",
            "date": "ngày|ngày quét|ngày tháng|ngày vào|ngày đến|ngày ra vào|date|scan date|day",
            "time_in": "thời gian vào|giờ vào|thời gian đến|giờ đến|vào lúc|time in|in time|check in|checkin|entered at|entry time|arrival",
            "time_out": "thời gian ra|giờ ra|thời gian về|giờ về|ra lúc|time out|out time|check out|checkout|left at|exit time|departure",
            "direction": "vào ra|ra vào|chiều|hướng|hình thức|loại|loại quét|trạng thái|direction|in out|type|status|way",
            "purpose": "mục đích|lý do|nội dung|mục đích đến|nội dung làm việc|nội dung công việc|lý do đến|purpose|reason",
        },
        (("name", "phone"), ("time", "time_in", "time_out")),
        ("time", "time_in", "time_out"),
    ),
}

# What a field is called on screen. English texts are message identifiers.
FIELDS = {
    "name": "Name", "phone": "Phone", "birth": "Birth year", "location": "Location", "time": "Time", "date": "Date",
    "time_in": "Time in", "time_out": "Time out", "direction": "Direction", "purpose": "Purpose", "number": "Dose number",
    "vaccine": "Vaccine", "given_on": "Given on", "place": "Place", "lot": "Lot", "confirmed_by": "Confirmed by", "app": "App",
    "installed_on": "Installed on", "declared_at": "Declared at", "symptoms": "Symptoms", "position": "Position",
    "smartphone": "Smartphone", "started": "Started", "ended": "Ended",
}  # fmt: skip


def plain(header: str) -> str:
    """A header for comparing: `Họ và tên (*)` → `ho va ten`."""
    text = fold(header)
    bare = re.sub(r"[(\[].*?[)\]]", " ", text)
    return " ".join(re.findall(r"\w+", bare.replace("_", " ")) or re.findall(r"\w+", text))


SPELLINGS = {
    kind: {plain(spelling): field for field, spellings in spec.fields.items() for spelling in spellings.split("|")}
    for kind, spec in KINDS.items()
}


@dataclass(frozen=True)
class Recognised:
    """A table found in a file: where it is, its kind, and which column holds which field."""

    kind: str
    source: TextSource | SheetSource
    header: Head
    columns: dict[str, int]

    def headers(self) -> dict[str, str]:
        """Field → the header of its column as the file writes it."""
        return {field: " ".join(self.header.cells[index].split()) for field, index in self.columns.items()}


def fields_of(cells: Cells, kind: str) -> dict[str, int]:
    """Field → column index, for the headers that this kind knows; of two columns with one meaning the first counts."""
    found: dict[str, int] = {}
    for index, cell in enumerate(cells):
        field = SPELLINGS[kind].get(plain(cell)) if len(cell) < 100 else None
        if field:
            found.setdefault(field, index)
    return found


def recognise(sources: Sequence[TextSource | SheetSource], kind: str | None = None) -> list[Recognised]:
    """The tables of a file, at most one a source, those with most known headers first; [] when there is none.

    Without `kind` each is of the kind that knows most of its headers. Of kinds that know equally many, the one listed first in `KINDS`.
    """
    found: list[Recognised] = []
    for source in sources:
        best: Recognised | None = None
        for header in source.head:
            for name, spec in KINDS.items():
                columns = fields_of(header.cells, name) if name == (kind or name) else {}
                complete = all(any(field in columns for field in group) for group in spec.needs)
                marked = kind or any(field in columns for field in spec.marks)
                if complete and marked and len(columns) > (len(best.columns) if best else 0):
                    best = Recognised(name, source, header, columns)
        if best:
            found.append(best)
    return sorted(found, key=lambda table: -len(table.columns))


def refuse(sources: Sequence[TextSource | SheetSource], kind: str | None) -> IntakeError:
    """Why no table was found: the row that looks most like a header, and what it lacks."""
    rows = [head.cells for source in sources for head in source.head]
    wanted = [kind] if kind else list(KINDS)
    cells = max(rows, key=lambda cells: max(len(fields_of(cells, name)) for name in wanted), default=[])
    known = {name: fields_of(cells, name) for name in wanted}
    if not any(known.values()):
        return IntakeError(
            "No header row was found. The first rows must hold column names such as Họ và tên, Số điện thoại, Địa điểm, Thời gian. "
            "Nothing was changed."
        )
    headers = ", ".join(" ".join(cell.split()) for cell in cells if cell.strip())[:300]
    if kind is None:
        return IntakeError(
            "The columns ({headers}) fit no known kind of log. A scan log needs a name or phone and a time. Nothing was changed.",
            headers=headers,
        )
    lacking = [group[0] for group in KINDS[kind].needs if not any(field in known[kind] for field in group)]
    return IntakeError(
        "Read as this kind, the file lacks a column: {lacking}. Its columns are: {headers}. Nothing was changed.",
        lacking=", ".join(KINDS[kind].fields[field].split("|")[0].capitalize() for field in lacking),
        headers=headers,
    )
