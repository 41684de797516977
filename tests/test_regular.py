"""Documents made by themselves: what is due when, made once whatever happens, sent whole and locked, tried again."""

import io
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pikepdf
import pypdfium2
import pytest

from quetma import agency, archive, mail, regular, settings
from quetma.documents.official import making
from quetma.regular import MAKING, Period, Plan, RegularError
from quetma.store import Store, now
from tests.test_mail import HERE, authority, serve, trusted  # noqa: F401 - fixtures

MONDAY = datetime(2021, 8, 23, 7)  # of the demo unit's last week
TUESDAY = MONDAY + timedelta(days=1)
EVERY = Plan(("daily", "weekly", "monthly"), time(6, 30), ("lanhdao@example.vn", "phoban@example.vn"))


@pytest.fixture
def unit(demo_store: Store) -> Store:
    demo_store.set("demo", "no")  # a unit of its own: documents are made by themselves
    return demo_store


def set_up(unit: Store, plan: Plan, since: datetime = MONDAY - timedelta(hours=1), password: str | None = None) -> None:
    """As `regular.set_up`, said at that time."""
    regular.set_up(unit, "An", plan, password)
    for kind in plan.kinds:
        unit.set(f"regular_{kind}_since", since.isoformat())


def kinds(unit: Store) -> list[tuple[str, date, date]]:
    return [(one.kind, one.first, one.last) for one, _, _ in reversed(regular.made(unit))]


@pytest.mark.parametrize(
    ("kind", "day", "first", "last"),
    [
        ("daily", date(2021, 3, 1), date(2021, 2, 28), date(2021, 2, 28)),
        ("weekly", date(2021, 8, 23), date(2021, 8, 16), date(2021, 8, 22)),
        ("weekly", date(2021, 8, 29), date(2021, 8, 16), date(2021, 8, 22)),
        ("monthly", date(2021, 8, 23), date(2021, 7, 1), date(2021, 7, 31)),
        ("monthly", date(2021, 1, 1), date(2020, 12, 1), date(2020, 12, 31)),
    ],
)
def test_the_newest_period_that_is_over(kind, day: date, first: date, last: date) -> None:
    assert regular.period(kind, day) == Period(kind, first, last)


def test_nothing_is_due_before_its_hour_nor_of_before_it_was_switched_on(unit: Store) -> None:
    assert regular.due(unit, MONDAY) == []
    set_up(unit, EVERY)
    assert regular.due(unit, MONDAY.replace(hour=6)) == []
    week = Period("weekly", date(2021, 8, 16), date(2021, 8, 22))
    sunday = Period("daily", date(2021, 8, 22), date(2021, 8, 22))
    assert regular.due(unit, MONDAY) == [sunday, week]
    set_up(unit, EVERY, since=MONDAY)
    assert regular.due(unit, MONDAY + timedelta(hours=12)) == []
    assert regular.due(unit, TUESDAY) == [Period("daily", MONDAY.date(), MONDAY.date())]
    first = datetime(2021, 9, 1, 7)
    assert Period("monthly", date(2021, 8, 1), date(2021, 8, 31)) in regular.due(unit, first)


def test_what_was_missed_is_made_up_for_once(unit: Store) -> None:
    set_up(unit, Plan(("daily", "weekly"), time(6, 30)), since=datetime(2021, 7, 12, 7))
    off_since_july = datetime(2021, 8, 25, 9)
    regular.run(unit, off_since_july)
    weeks = [("weekly", date(2021, 8, 22) - timedelta(days=6 + 7 * n), date(2021, 8, 22) - timedelta(days=7 * n))
             for n in range(4)]  # fmt: skip
    assert kinds(unit) == [*reversed(weeks), ("daily", date(2021, 8, 24), date(2021, 8, 24))]
    regular.run(unit, off_since_july + timedelta(minutes=1))
    regular.run(unit, off_since_july + timedelta(hours=20, minutes=59))
    assert len(kinds(unit)) == 5
    assert archive.kinds(unit) == {"report": 4, "summary": 1}
    assert {document.made_by for document in archive.made(unit)[0]} == {regular.ACCOUNT}


def test_a_document_waits_for_the_scans_of_its_days(unit: Store) -> None:
    set_up(unit, Plan(("daily",)), since=datetime(2021, 8, 27, 7))
    saturday = datetime(2021, 8, 29, 7)  # the newest scans are of Friday
    regular.run(unit, saturday)
    assert kinds(unit) == []
    assert [one.first for one in regular.due(unit, saturday)] == [date(2021, 8, 28)]


def test_the_summary_of_a_day_names_nobody(unit: Store) -> None:
    set_up(unit, Plan(("daily",)))
    regular.run(unit, datetime(2021, 8, 28, 7))
    [(one, document, _)] = regular.made(unit)
    assert (one.last, document.kind, document.format) == (date(2021, 8, 27), "summary", "pdf")
    with pypdfium2.PdfDocument(archive.path(unit, document)) as file:
        text = " ".join(" ".join(page.get_textpage().get_text_range() for page in file).split())
    assert "Đã tiêm 12 13 92,3%" in text.replace(" vắc xin", "")
    names = set(unit.ask("compliance/staff", day=one.last)["name"]) - {agency.of(unit).signer}  # who signs is named
    assert len(names) > 10 and not [name for name in names if name in text]


def test_it_is_never_made_twice(unit: Store) -> None:
    set_up(unit, Plan(("weekly",)))
    regular.run(unit, MONDAY)
    [(week, _, _)] = regular.made(unit)
    with pytest.raises(Exception, match=r"(?i)duplicate|constraint"):  # two at once: the second one is undone whole
        regular.make(unit, week, MONDAY)
    assert len(archive.made(unit)[0]) == 1
    archive.sweep(unit)
    assert archive.check(unit) == []


def test_a_server_killed_in_the_middle_has_it_whole_or_not_at_all(unit: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(unit, Plan(("weekly",), to=EVERY.to))
    real = regular.query

    def killed(name: str):
        if name == "regular/insert_recipient":
            raise KeyboardInterrupt
        return real(name)

    monkeypatch.setattr(regular, "query", killed)
    with pytest.raises(KeyboardInterrupt):
        regular.run(unit, MONDAY)
    monkeypatch.undo()
    assert regular.made(unit) == [] and archive.made(unit)[0] == []
    regular.run(unit, MONDAY + timedelta(minutes=2))
    [(_, _, deliveries)] = regular.made(unit)
    assert [each.address for each in deliveries] == list(EVERY.to)


def test_what_cannot_be_made_is_tried_again_after_pauses_that_grow(
    unit: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(unit, Plan(("weekly",)))
    tried: list[datetime] = []

    def fail(*args, **more):
        tried.append(clock)
        raise OSError("No space left on device")

    monkeypatch.setattr(making, "make", fail)
    for minute in range(0, 4 * 24 * 60, 5):
        clock = MONDAY + timedelta(minutes=minute)
        regular.run(unit, clock)
    pauses = [(after - before) // timedelta(minutes=1) for before, after in pairwise(tried)]
    assert pauses[:6] == [5, 15, 60, 240, 720, 720] and len(tried) <= regular.TRIES
    [week] = regular.due(unit, clock)
    state = regular.delivery(unit, week, MAKING)
    assert (state.failures, state.failed) == (len(tried), "The document could not be made. The server's log says why.")
    monkeypatch.undo()
    regular.again(unit, "An", week, MAKING)
    regular.run(unit, clock)
    assert len(kinds(unit)) == 1


def test_it_is_sent_locked_with_nothing_personal_around_it(unit: Store, serve, trusted) -> None:  # noqa: F811
    box, port = serve("starttls")
    mail.set_up(unit, "An", mail.Server(HERE.host, port, "starttls", HERE.user, HERE.sender), "ascii")
    set_up(unit, Plan(("weekly",), to=EVERY.to), password="mat khau tep")
    regular.run(unit, MONDAY)
    regular.run(unit, MONDAY + timedelta(minutes=1))
    assert box.encrypted == [True, True]
    assert [to for _, to, _ in box.letters] == [[address] for address in EVERY.to]
    names = unit.ask("compliance/staff", day=MONDAY.date())["name"].to_list()
    for _, _, message in box.letters:
        assert message["Subject"] == f"{settings.get(unit, 'unit_name')}: {regular.made(unit)[0][1].subject}"
        body = message.get_body().get_content()
        assert "đính kèm" in body and "mã hóa" in body
        assert not [name for name in names if name in body + message["Subject"]]
        [attached] = message.iter_attachments()
        assert attached.get_filename() == "bao-cao-tuan-2021-08-16-2021-08-22.pdf"
        content = attached.get_payload(decode=True)
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(io.BytesIO(content))
        with pikepdf.open(io.BytesIO(content), password="mat khau tep") as file:
            assert file.encryption.R == 6 and len(file.pages) > 1
    assert len({message["Message-ID"] for _, _, message in box.letters}) == 2
    [(_, _, deliveries)] = regular.made(unit)
    assert all(each.done and each.tried_at == MONDAY for each in deliveries)
    assert settings.get(unit, "regular_kinds") == ("weekly",)
    told = unit.cursor().execute("SELECT value FROM setting").fetchall()
    assert not [value for (value,) in told if "mat khau" in value]


def test_what_does_not_arrive_is_sent_again_alone(unit: Store, serve, trusted) -> None:  # noqa: F811
    box, port = serve("starttls")
    mail.set_up(unit, "An", mail.Server(HERE.host, port, "starttls", HERE.user, HERE.sender), "ascii")
    set_up(unit, Plan(("weekly",), to=("a@example.vn", "b@refused.vn")))
    regular.run(unit, MONDAY)
    [(week, _, [first, second])] = regular.made(unit)
    assert first.done
    assert (second.done, second.failed) == (False, "The mail server refused the address.")
    assert second.again_at == MONDAY + timedelta(minutes=5)
    regular.run(unit, MONDAY + timedelta(minutes=4))
    assert regular.made(unit)[0][2][1].failures == 1
    regular.run(unit, MONDAY + timedelta(minutes=5))
    assert regular.made(unit)[0][2][1].failures == 2
    assert len(box.letters) == 1
    for day in range(1, 20):
        regular.run(unit, MONDAY + timedelta(days=day))
    last = regular.made(unit, 50)[-1][2][1]
    assert (last.failures, last.again_at) == (regular.TRIES, None)
    regular.again(unit, "An", week, "b@refused.vn")
    again = regular.made(unit, 50)[-1][2][1]
    assert again.failures == 0 and again.again_at is not None and again.again_at <= now()


def test_what_was_removed_before_it_was_sent_is_over(unit: Store, serve, trusted) -> None:  # noqa: F811
    box, port = serve("starttls")
    set_up(unit, Plan(("weekly", "daily"), to=("a@example.vn", "b@example.vn")))
    regular.run(unit, MONDAY)  # there is no mail server yet
    week, day = [(one, document) for one, document, _ in regular.made(unit)]
    archive.remove(unit, "An", week[1].document_id, "sai số liệu")
    archive.path(unit, day[1]).unlink()  # the disk lost it
    mail.set_up(unit, "An", mail.Server(HERE.host, port, "starttls", HERE.user, HERE.sender), "ascii")
    regular.run(unit, TUESDAY)  # a further day is made, and nothing keeps it from being sent
    assert [message.get_filename() for _, _, letter in box.letters for message in letter.iter_attachments()] == [
        "tom-tat-ngay-2021-08-23.pdf", "tom-tat-ngay-2021-08-23.pdf"
    ]  # fmt: skip
    told = {document.document_id: deliveries for _, document, deliveries in regular.made(unit)}
    for each in told[week[1].document_id]:
        assert (each.ended, each.done, each.again_at) == (True, False, None)
    for each in told[day[1].document_id]:
        assert (each.ended, each.failures) == (False, 2)
        assert each.failed == "The file of this document is no longer in the store's folder."


def test_without_a_password_the_file_goes_as_it_is_kept(unit: Store, serve, trusted) -> None:  # noqa: F811
    box, port = serve("tls")
    mail.set_up(unit, "An", mail.Server(HERE.host, port, "tls", HERE.user, HERE.sender), "ascii")
    set_up(unit, Plan(("daily",), to=("a@example.vn",)))
    regular.run(unit, TUESDAY)
    [(_, document, _)] = regular.made(unit)
    [attached] = box.letters[0][2].iter_attachments()
    assert attached.get_payload(decode=True) == archive.path(unit, document).read_bytes()
    regular.set_up(unit, "An", Plan(("daily",), to=("c@example.vn",)))
    regular.run(unit, TUESDAY + timedelta(hours=1))
    assert len(box.letters) == 1, "who is added later does not get what was made before"


@pytest.mark.parametrize(
    ("plan", "password", "why"),
    [
        (Plan(("hourly",)), None, "no such document"),
        (Plan((), to=("nobody",)), None, "no e-mail address"),
        (Plan(()), "kurz", "8 characters"),
    ],
)
def test_what_cannot_be_is_refused(unit: Store, plan: Plan, password: str | None, why: str) -> None:
    with pytest.raises(RegularError, match=why):
        regular.set_up(unit, "An", plan, password)
    assert regular.wanted(unit) == Plan()


def test_the_demo_unit_makes_nothing_by_itself(demo_store: Store) -> None:
    regular.set_up(demo_store, "An", EVERY)
    regular.Schedule(demo_store, lambda: datetime(2021, 9, 1, 7)).look()
    assert regular.made(demo_store) == []
