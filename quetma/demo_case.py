"""The demo unit's case: the visitor Lê Văn Nam, registered two days before the demo's time stands still, and what was
done about his contacts since. Made by the same calls as the screens make, with the hours of those two days.

Five colleagues of Yên Châu were there with him. Four were cleared; Vì Thị Hồng is still to be decided about, and
declares a fever on the last morning. Of the visitors two are in quarantine and one never answers. Nobody in quarantine
has a scan afterwards.
"""

from datetime import date, datetime

from quetma import cases, follow_up, tracing
from quetma.follow_up import Entry, Kind, Questionnaire
from quetma.store import Store

CASE_PHONE = "+84900177931"
LEADER, CALLER = "Cầm Văn Thành", "Tòng Thị Hạnh"
REGISTERED = datetime(2021, 8, 25, 9, 30)
APART = Questionnaire(met=False, near=False, closed=False, masked=True)
CLOSE = Questionnaire(met=True, near=True, closed=True, masked=False, minutes=30)

DONE: tuple[tuple[str, str, Kind, str, str | Questionnaire], ...] = (  # day and hour, whom about, kind, outcome, detail
    ("25 10:05", "Phạm Đức Quyết", "called", "reached", ""),
    ("25 10:08", "Phạm Đức Quyết", "questionnaire", "", APART),
    ("25 10:09", "Phạm Đức Quyết", "verdict", "cleared", ""),
    ("25 10:12", "Trần Quốc Đạt", "called", "reached", ""),
    ("25 10:15", "Trần Quốc Đạt", "questionnaire", "", APART),
    ("25 10:16", "Trần Quốc Đạt", "verdict", "cleared", ""),
    ("25 10:20", "Mùa A Dế", "called", "reached", ""),
    ("25 10:22", "Mùa A Dế", "questionnaire", "", APART),
    ("25 10:23", "Mùa A Dế", "verdict", "cleared", ""),
    ("25 10:25", "Đinh Thị Thúy", "called", "reached", ""),
    ("25 10:28", "Đinh Thị Thúy", "questionnaire", "", APART),
    ("25 10:29", "Đinh Thị Thúy", "verdict", "cleared", ""),
    ("25 10:32", "Vì Thị Hồng", "called", "reached", ""),
    ("25 10:36", "Vì Thị Hồng", "questionnaire", "", Questionnaire(met=True, near=None, closed=None, masked=True)),
    ("25 10:40", "Lê Văn Cường", "called", "reached", ""),
    ("25 10:44", "Lê Văn Cường", "questionnaire", "", CLOSE),
    ("25 10:45", "Lê Văn Cường", "verdict", "contact", ""),
    ("25 11:00", "Lê Văn Cường", "quarantine", "home", "Bản Mòn, có phòng riêng"),
    ("25 11:05", "Vì Văn Phúc", "called", "reached", ""),
    ("25 11:09", "Vì Văn Phúc", "questionnaire", "", CLOSE),
    ("25 11:10", "Vì Văn Phúc", "verdict", "contact", ""),
    ("25 11:15", "Mùa Văn Trung", "called", "no_answer", ""),
    ("25 13:30", "Cà Văn Bình", "called", "reached", ""),
    ("25 13:34", "Cà Văn Bình", "verdict", "contact", ""),
    ("25 13:40", "Nguyễn Thị Thảo", "called", "reached", ""),
    ("25 13:44", "Nguyễn Thị Thảo", "verdict", "contact", ""),
    ("25 13:50", "Cầm Thị Oanh", "called", "reached", ""),
    ("25 13:52", "Cầm Thị Oanh", "verdict", "contact", ""),
    ("25 14:00", "Lường Thị Thủy", "called", "wrong_number", ""),
    ("25 14:10", "Mùa Văn Thắng", "called", "reached", ""),
    ("25 14:12", "Mùa Văn Thắng", "verdict", "contact", ""),
    ("25 14:30", "Vì Văn Hòa", "called", "reached", ""),
    ("25 14:33", "Vì Văn Hòa", "verdict", "cleared", ""),
    ("25 15:00", "Vì Văn Phúc", "quarantine", "centre", "Khu cách ly tập trung huyện Yên Châu"),
    ("25 15:30", "Lê Văn Cường", "test", "negative", "Test nhanh"),
    ("25 16:00", "Vì Văn Phúc", "test", "negative", "Test nhanh"),
    ("26 08:10", "Lê Văn Cường", "health", "well", ""),
    ("26 08:14", "Vì Văn Phúc", "health", "well", ""),
    ("26 08:20", "Cà Văn Bình", "health", "well", ""),
    ("26 08:25", "Nguyễn Thị Thảo", "health", "well", ""),
    ("26 08:30", "Cầm Thị Oanh", "health", "well", ""),
    ("26 09:00", "Mùa Văn Trung", "called", "no_answer", ""),
    ("26 09:05", "Nguyễn Văn Hùng", "called", "no_answer", ""),
    ("26 10:00", "Lường Thị Thủy", "lost", "", "Số trong nhật ký là của người khác"),
    ("26 15:00", "Vũ Văn Hùng", "called", "reached", ""),
    ("26 15:03", "Vũ Văn Hùng", "verdict", "contact", ""),
    ("27 08:05", "Vì Văn Phúc", "health", "well", ""),
    ("27 08:12", "Cà Văn Bình", "health", "well", ""),
)


def write(store: Store) -> None:
    """Adds the case to the demo unit of `quetma.demo`."""
    person = store.ask("people/with_phone", phone=CASE_PHONE)["person_id"][0]
    said = cases.Said(
        person, date(2021, 8, 24), signs="Sốt, ho khan", isolated_at=datetime(2021, 8, 25, 8),
        note="Trung tâm Y tế huyện báo, xét nghiệm PCR dương tính",
    )  # fmt: skip
    number = cases.register(store, LEADER, said, at=REGISTERED)
    case = cases.one(store, number)
    assert case
    listing = follow_up.compare(store, case, tracing.Question((case.case,)))
    follow_up.follow(store, LEADER, case, listing.new, at=REGISTERED)
    contacts = {row["name"]: row for row in follow_up.state(store).iter_rows(named=True)}
    for when, name, kind, outcome, detail in DONE:
        at = datetime.strptime(f"2021-08-{when}", "%Y-%m-%d %H:%M")
        row = contacts[name]
        until = follow_up.proposed_quarantine(row, at)[1] if kind == "quarantine" else None
        text = detail.json() if isinstance(detail, Questionnaire) else detail
        of_case = number if kind in follow_up.OF_A_CASE else None
        follow_up.enter(store, CALLER, Entry(row["person_id"], kind, outcome, at, until, text, of_case), at=at)
