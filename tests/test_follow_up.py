"""Following contacts up: what holds of the entries, what is due when, and the figures, against a plain recount."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quetma import cases, follow_up, identity, tracing
from quetma.cases import RegisteredCase, Said
from quetma.follow_up import Entry, FollowUpError, Questionnaire
from quetma.store import Store
from tests.conftest import examples
from tests.scenario import unit

F0, X, Y, Z = 1, 2, 3, 4
DAY = date(2021, 8, 24)
LISTED = datetime(2021, 8, 25, 9)  # when the contacts of the 24th are listed


def at(days: int, hour: int = 9, minute: int = 0) -> datetime:
    """So many days after the day of the listing."""
    return datetime(2021, 8, 25, hour, minute) + timedelta(days=days)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """F0 from 8 to 10 at one place, X with them for an hour, Y for half an hour; Z later with X. The clock stands."""

    def scan(person: int, hour: int, minute: int, way: str) -> tuple[int, int, datetime, str]:
        return person, 1, datetime(DAY.year, DAY.month, DAY.day, hour, minute), way

    scans = [
        scan(F0, 8, 0, "in"), scan(X, 9, 0, "in"), scan(Y, 9, 30, "in"), scan(F0, 10, 0, "out"), scan(Y, 10, 1, "out"),
        scan(Z, 10, 30, "in"), scan(X, 11, 0, "out"), scan(Z, 11, 30, "out"),
    ]  # fmt: skip
    store = unit(tmp_path, scans)
    monkeypatch.setattr(Store, "clock", lambda _: clock.now)
    clock.now = LISTED
    yield store
    store.close()


class Clock:
    now = LISTED


clock = Clock()


def listed(store: Store, person: int = F0) -> RegisteredCase:
    """A registered case with its contacts on the list."""
    number = cases.register(store, "An", Said(person, DAY))
    case = cases.one(store, number)
    assert case
    found = follow_up.compare(store, case, tracing.Question((case.case,)))
    follow_up.follow(store, "An", case, found.new)
    return case


def row(store: Store, person: int, moment: datetime | None = None) -> dict[str, Any]:
    return follow_up.state(store, moment).row(by_predicate=pl.col("person_id") == person, named=True)


def due(store: Store, person: int, moment: datetime) -> tuple[list[str], list[str]]:
    found = row(store, person, moment)
    return found["tasks"], found["overdue"]


def test_the_suspected_contacts_of_the_trace_are_listed(store: Store) -> None:
    case = listed(store)
    shown = follow_up.state(store).select("case_id", "person_id", "degree", "minutes", "listed_at", "progress")
    assert shown.rows() == [
        (1, X, 1, 60.0, LISTED, "following"),
        (1, Y, 1, 30.0, LISTED, "following"),
        (1, Z, 2, 30.0, LISTED, "following"),
    ]
    longer = follow_up.compare(store, case, tracing.Question((case.case,), min_minutes=45), degrees=(1,))
    assert [frame["person_id"].to_list() for frame in (longer.new, longer.changed, longer.gone)] == [[], [], [Y]]
    follow_up.drop(store, "An", case, [Y])
    assert follow_up.state(store)["person_id"].to_list() == [X, Z]
    clock.now = at(1)
    again = follow_up.compare(store, case, tracing.Question((case.case,)), degrees=(1,))
    assert again.new["person_id"].to_list() == [Y]
    follow_up.follow(store, "An", case, again.new)
    assert row(store, Y)["listed_at"] == LISTED, "the clock does not begin anew"


def test_later_logs_change_the_facts_of_the_listed(store: Store) -> None:
    case = listed(store)
    with store.write() as cursor:
        cursor.execute("UPDATE stay SET t_in = t_in + INTERVAL '20' MINUTE WHERE person_id = ?", [X])
    found = follow_up.compare(store, case, tracing.Question((case.case,)))
    assert (found.new.height, found.gone.height) == (0, 0)
    assert found.changed.select("person_id", "minutes").rows() == [(X, 40.0)]
    follow_up.follow(store, "An", case, found.changed)
    assert row(store, X)["minutes"] == 40.0


def test_a_ruled_out_case_releases_its_contacts(store: Store) -> None:
    case = listed(store)
    cases.change(store, "An", case, state="ruled_out")
    assert follow_up.state(store).is_empty()
    cases.change(store, "An", case, state="recovered")
    assert follow_up.state(store).height == 3, "who recovered has infected others all the same"


# What is due ----------------------------------------------------------------------------------------------------------


def test_a_contact_from_listing_to_release(store: Store) -> None:
    """X, without a dose, under 3638: quarantine until 14 days after the 24th, tests on the 25th and the 7th."""
    listed(store)
    assert due(store, X, LISTED) == (["call"], [])
    assert due(store, X, at(1, 8, 59)) == (["call", "health"], [])
    assert due(store, X, at(1)) == (["call", "health"], ["call"])
    clock.now = at(1)
    follow_up.enter(store, "An", Entry(X, "called", "no_answer"))
    assert due(store, X, at(1))[1] == ["call"]
    clock.now = at(1, 10)
    follow_up.enter(store, "An", Entry(X, "called", "reached", happened_at=at(1, 9, 30)), Entry(X, "health", "well"))
    assert due(store, X, at(1, 11)) == (["verdict", "quarantine", "test"], ["test"])
    assert due(store, X, at(2, 9, 30)) == (
        ["verdict", "quarantine", "test", "health"],
        ["verdict", "quarantine", "test"],
    )
    follow_up.enter(
        store, "An", Entry(X, "verdict", "contact", case_id=1), Entry(X, "test", "pending"),
        Entry(X, "quarantine", "home", until=date(2021, 9, 6)),
    )  # fmt: skip
    assert due(store, X, at(1, 11)) == ([], [])
    assert due(store, X, at(3)) == (["health"], ["health"])
    found = row(store, X)
    assert (found["quarantine"], found["quarantine_since"], found["ends_on"]) == ("home", at(1, 10), date(2021, 9, 6))
    assert found["watch_ends_on"] == date(2021, 9, 20)
    assert due(store, X, datetime(2021, 9, 6, 8))[0] == ["health", "release"]
    assert due(store, X, datetime(2021, 9, 7, 8))[0] == ["test", "health"], "the rule asks for a test on the 14th day"
    assert row(store, X, datetime(2021, 9, 20, 23))["progress"] == "following"
    assert row(store, X, datetime(2021, 9, 21))["progress"] == "done"


def test_an_f2_is_called_and_watches_their_health(store: Store) -> None:
    listed(store)
    clock.now = at(0, 10)
    follow_up.enter(store, "An", Entry(Z, "called", "reached"), Entry(Z, "verdict", "contact", case_id=1))
    assert due(store, Z, at(0, 11)) == ([], [])
    found = row(store, Z)
    assert (found["ends_on"], found["watch_ends_on"], found["test_due_on"]) == (None, date(2021, 9, 7), None)


def test_an_f2_in_quarantine_is_counted_and_released(store: Store) -> None:
    listed(store)
    until = date(2021, 9, 10)
    follow_up.enter(store, "An", Entry(Z, "called", "reached"), Entry(Z, "quarantine", "home", until=until))
    found = row(store, Z)
    assert (found["ends_on"], found["watch_ends_on"]) == (until, until), "watched for as long as they stay"
    assert behind(follow_up.state(store), LISTED)["quarantined"] == ([Z], 3)
    assert "release" in due(store, Z, datetime(2021, 9, 10, 8))[0]


def test_who_falls_ill_is_due_until_registered(store: Store) -> None:
    listed(store)
    follow_up.enter(store, "An", Entry(X, "called", "reached"), Entry(X, "health", "ill"), Entry(Y, "test", "positive"))
    assert "ill" in due(store, X, LISTED)[0]
    assert "ill" in due(store, Y, LISTED)[0]
    assert "ill" not in due(store, Z, LISTED)[0]
    cases.register(store, "An", Said(X, DAY, state="suspected"))
    assert due(store, X, LISTED) == ([], [])


def test_who_is_the_case_by_a_later_decision_is_no_contact_of_their_own(store: Store) -> None:
    case = listed(store)
    identity.merge(store, Y, F0, "An")
    assert follow_up.state(store)["person_id"].to_list() == [X, Z]
    assert cases.one(store, case.case_id) == replace(case, contacts=2)
    assert follow_up.compare(store, case, tracing.Question((case.case,))).gone.is_empty()
    identity.unmerge(store, Y)
    assert follow_up.state(store)["person_id"].to_list() == [X, Y, Z]


def test_who_is_cleared_lost_or_ill_themselves_has_nothing_due(store: Store) -> None:
    listed(store)
    follow_up.enter(
        store, "An", Entry(X, "called", "reached"), Entry(X, "verdict", "cleared", case_id=1), Entry(Y, "lost")
    )
    cases.register(store, "An", Said(Z, DAY))
    moment = at(2)
    assert [(r["person_id"], r["progress"], r["tasks"]) for r in follow_up.state(store, moment).iter_rows(named=True)
            if r["case_id"] == 1] == [(X, "cleared", []), (Y, "lost", []), (Z, "case", [])]  # fmt: skip
    clock.now = moment
    follow_up.enter(store, "An", Entry(Y, "called", "reached"))
    assert row(store, Y)["progress"] == "following", "found again"


def test_an_entry_taken_back_never_was(store: Store) -> None:
    listed(store)
    follow_up.enter(store, "An", Entry(X, "called", "reached"), Entry(X, "health", "ill", detail="sốt"))
    before = follow_up.entries(store, X)
    assert before.select("kind", "outcome", "detail", "entered_by").rows() == [
        ("health", "ill", "sốt", "An"), ("called", "reached", "", "An"),
    ]  # fmt: skip
    follow_up.take_back(store, "Bình", X, before["entry_id"][1])
    assert follow_up.entries(store, X)["kind"].to_list() == ["health"]
    assert (row(store, X)["calls"], row(store, X)["reached_at"]) == (0, None)
    kept = store.cursor().execute("SELECT kind, of_entry, entered_by FROM follow_up_entry ORDER BY entry_id").fetchall()
    assert kept == [("called", None, "An"), ("health", None, "An"), ("taken_back", 1, "Bình")]


def test_a_declaration_of_their_own_counts_as_a_days_health(store: Store) -> None:
    listed(store)
    with store.write() as cursor:
        for day, symptoms in ((1, ""), (2, "ho")):
            cursor.execute("INSERT INTO declaration_row VALUES (1, 9, ?, ?, ?, TRUE, NULL)", [X, at(day, 6), symptoms])
    found = row(store, X, at(3))
    assert (found["health"], found["health_due"], found["health_given"]) == ("ill", 2, 2)
    assert row(store, Y, at(3))["health_given"] == 0


def test_who_fell_ill_between_the_contact_and_the_listing_is_ill(store: Store) -> None:
    """X was met at 9 on the 24th: signs of an hour later count, signs of before do not; nor does it count as asked."""
    with store.write() as cursor:
        for person, moment in ((X, datetime(2021, 8, 24, 10)), (Y, datetime(2021, 8, 24, 9, 29))):
            cursor.execute("INSERT INTO declaration_row VALUES (1, 9, ?, ?, 'sốt', TRUE, NULL)", [person, moment])
    follow_up.enter(store, "An", Entry(Z, "test", "positive", happened_at=datetime(2021, 8, 24, 18)))
    clock.now = LISTED + timedelta(minutes=1)
    listed(store)
    assert [row(store, who)["health"] for who in (X, Y)] == ["ill", None]
    assert row(store, Z)["test"] == "positive"
    assert [("ill" in due(store, who, at(1))[0]) for who in (X, Y, Z)] == [True, False, True]
    assert row(store, X, at(2))["health_given"] == 0


def test_doses_shorten_the_quarantine_under_762(store: Store) -> None:
    """Two doses by the 14th day before the contact: 5 + 5 days; a second one too late: 7 + 3."""
    number = cases.register(store, "An", Said(F0, DAY, rule="762"))
    case = cases.one(store, number)
    assert case
    follow_up.follow(store, "An", case, follow_up.compare(store, case, tracing.Question((case.case,))).new)
    with store.write() as cursor:
        for person, second in ((X, DAY - timedelta(days=14)), (Y, DAY - timedelta(days=13))):
            for dose, given in ((1, date(2021, 6, 1)), (2, second)):
                cursor.execute(
                    "INSERT INTO dose_row VALUES (1, 9, ?, ?, 'AZ', ?, NULL, NULL, NULL, TRUE, NULL)",
                    [person, dose, given],
                )
    x, y = row(store, X), row(store, Y)
    assert (x["ends_on"], x["watch_ends_on"]) == (date(2021, 8, 29), date(2021, 9, 3))
    assert (y["ends_on"], y["watch_ends_on"]) == (date(2021, 8, 31), date(2021, 9, 3))
    moment, until, plan = follow_up.proposed_quarantine(x, LISTED)
    assert (moment, until, plan.source) == (LISTED, date(2021, 8, 29), "Công văn 762/BYT-DP ngày 21/2/2022")


YES, NO, UNKNOWN = True, False, None


@pytest.mark.parametrize(
    ("said", "by_3638", "by_762"),
    [
        (Questionnaire(), None, None),
        (Questionnaire(met=NO, near=YES), False, False),
        (Questionnaire(near=YES, masked=YES, minutes=5), True, False),
        (Questionnaire(near=NO, closed=YES, masked=YES, minutes=15), True, True),
        (Questionnaire(closed=YES, masked=NO, minutes=1), True, True),
        (Questionnaire(closed=YES, masked=YES), True, None),
        (Questionnaire(closed=YES, masked=UNKNOWN, minutes=20), True, True),
        (Questionnaire(closed=YES, masked=UNKNOWN, minutes=5), True, None),
        (Questionnaire(near=NO, closed=NO), False, False),
        (Questionnaire(near=NO), None, None),
    ],
)
def test_what_the_rule_says_of_answers(said: Questionnaire, by_3638: bool | None, by_762: bool | None) -> None:
    assert (follow_up.suggested(said, "3638"), follow_up.suggested(said, "762")) == (by_3638, by_762)
    assert Questionnaire.from_json(said.json()) == said


def test_every_rule_says_what_becomes_of_contacts() -> None:
    for rule in tracing.rules():
        assert tracing.quarantine(rule.id, [], DAY).rule == rule.id
        assert tracing.quarantine(rule.id, [date(2021, 1, 1), date(2021, 2, 1)], DAY).rule == rule.id


def test_what_cannot_be_is_refused_and_nothing_is_written(store: Store) -> None:
    listed(store)
    with pytest.raises(FollowUpError, match="future"):
        follow_up.enter(store, "An", Entry(X, "called", "reached"), Entry(X, "test", "negative", happened_at=at(1)))
    with pytest.raises(FollowUpError, match="end before it begins"):
        follow_up.enter(store, "An", Entry(X, "quarantine", "home", until=DAY))
    for wrong in (Entry(X, "called", "maybe"), Entry(X, "verdict", "contact"), Entry(X, "test", "negative", case_id=1)):
        with pytest.raises(ValueError, match="not an entry"):
            follow_up.enter(store, "An", wrong)
    assert follow_up.entries(store, X).is_empty()


def test_who_stays_apart_infects_nobody_from_then_on(store: Store) -> None:
    """Z met X on the 24th: no F2 once X was in quarantine by then; a quarantine of long before says nothing."""
    case = listed(store)
    since = case.case.resolved().since
    noon = datetime(2021, 8, 24, 10, 15)
    follow_up.enter(store, "An", Entry(X, "quarantine", "home", happened_at=noon, until=date(2021, 9, 7)))
    until = datetime(2021, 9, 8)
    assert follow_up.isolated(store, since, until) == ((X, noon),)
    question = tracing.Question((case.case,), isolated=follow_up.isolated(store, since, until))
    assert tracing.trace(store, question).counts["f2"] == 0
    assert follow_up.isolated(store, since, until + timedelta(minutes=1)) == (), "free again before the window ends"
    assert follow_up.isolated(store, since - timedelta(days=30), noon) == (), "only from then on"
    cases.change(store, "An", case, isolated_at=LISTED)
    assert follow_up.isolated(store, since, until) == ((F0, LISTED), (X, noon))
    follow_up.enter(store, "An", Entry(X, "quarantine", "home", happened_at=noon, until=date(2021, 9, 1)))
    assert follow_up.isolated(store, since, until) == ((F0, LISTED),), "the newest entry says how long"
    follow_up.enter(store, "An", Entry(X, "quarantine", "home", happened_at=noon, until=date(2021, 9, 7)))
    follow_up.enter(store, "An", Entry(X, "verdict", "cleared", case_id=1))
    assert follow_up.isolated(store, since, until) == ((F0, LISTED),), "who is cleared may go out"


def test_who_left_quarantine_may_infect_again(store: Store) -> None:
    """X was in quarantine until the 14th of August, is back, and meets F0 on the 24th and then Z."""
    with store.write() as cursor:
        cursor.execute("INSERT INTO person VALUES (9, 'x', 'Ca trước', 'ca truoc', 'a', NULL, NULL, FALSE)")
    clock.now = datetime(2021, 8, 1, 9)
    follow_up.enter(store, "An", Entry(X, "quarantine", "home", until=date(2021, 8, 22)))
    clock.now = LISTED
    question = tracing.Question((tracing.Case(F0, DAY),))
    assert follow_up.heeding(store, question).isolated == ()
    assert tracing.trace(store, follow_up.heeding(store, question)).counts["f2"] == 1


# Against a plain recount ----------------------------------------------------------------------------------------------

KINDS = [(kind, outcome) for kind, outcomes in follow_up.OUTCOMES.items() for outcome in outcomes]


@dataclass(frozen=True)
class Noted:
    """An entry as the oracle knows it."""

    entry: Entry
    entered_at: datetime
    number: int


moments = st.integers(0, 20 * 24).map(lambda hours: LISTED - timedelta(days=2) + timedelta(hours=hours))
drawn = st.tuples(st.sampled_from([X, Y]), st.sampled_from(KINDS), moments, st.integers(0, 30), st.sampled_from([1, 2]))


@settings(max_examples=examples(30), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(drawn, max_size=14), st.lists(st.integers(0, 13), max_size=4), moments)
def test_state_and_figures_equal_a_plain_recount(
    store: Store, told: list[tuple], taken_back: list[int], moment: datetime
) -> None:
    """Two cases with the same contacts, the second listed a day later; entries in any order, some taken back."""
    with store.write() as cursor:
        for table in ("case_entry", "contact_entry", "follow_up_entry"):
            cursor.execute(f"DELETE FROM {table}")
    clock.now = LISTED
    listed(store)
    clock.now = LISTED + timedelta(days=1)
    with store.write() as cursor:
        for table, changed in (
            ("case_entry", "99 AS entry_id, 9 AS person_id"), ("contact_entry", "entry_id + 90 AS entry_id")
        ):  # fmt: skip
            changed += ", 2 AS case_id, ?::TIMESTAMP AS entered_at"
            cursor.execute(f"INSERT INTO {table} SELECT * REPLACE ({changed}) FROM {table}", [clock.now])
        cursor.execute("INSERT OR IGNORE INTO person VALUES (9, 'x', 'Ca hai', 'ca hai', 'a', NULL, NULL, FALSE)")
    done: list[Noted] = []
    for number, (person, (kind, outcome), happened, days, case) in enumerate(told, 1):
        entry = Entry(
            person, kind, outcome, happened,
            until=happened.date() + timedelta(days=days) if kind == "quarantine" else None,
            case_id=case if kind in follow_up.OF_A_CASE else None,
        )  # fmt: skip
        clock.now = happened + timedelta(hours=days)  # entered some time after it happened
        follow_up.enter(store, "An", entry)
        done.append(Noted(entry, clock.now, number))
    for number in {n for n in taken_back if n < len(done)}:
        follow_up.take_back(store, "An", done[number].entry.person_id, number + 1)
    holds = [said for said in done if said.number - 1 not in taken_back]

    found = follow_up.state(store, moment)
    assert found.height == 6
    for case, listed_at in ((1, LISTED), (2, LISTED + timedelta(days=1))):
        for person in (X, Y):
            row = found.row(by_predicate=(pl.col("case_id") == case) & (pl.col("person_id") == person), named=True)
            of = [
                said for said in holds
                if (said.entry.person_id, said.entered_at >= listed_at) == (person, True)
                and said.entry.case_id in (None, case)
            ]  # fmt: skip
            expected = recount(of)
            assert {name: row[name] for name in expected} == expected
    whole = follow_up.behind(found, moment)
    in_time = sum(
        r["reached_at"] is not None and r["reached_at"] <= r["listed_at"] + timedelta(hours=24)
        for r in found.to_dicts()
    )
    late = sum(r["reached_at"] is None and r["listed_at"] + timedelta(hours=24) <= moment for r in found.to_dicts())
    figures = {name: (of.height, among.height) for name, (of, among) in whole.items()}
    assert figures["contacts"] == (6, 6)
    assert figures["reached"] == (in_time, late + sum(r["reached_at"] is not None for r in found.to_dicts()))
    assert figures["lost"] == (sum(r["progress"] == "lost" for r in found.to_dicts()), 6)
    assert figures["cleared"] == (sum(r["verdict"] == "cleared" for r in found.to_dicts()), 6)


def recount(of: list[Noted]) -> dict[str, Any]:
    """The state that these entries of one contact of one case make, in plain words."""

    def newest(kind: str) -> Entry | None:
        return max((s for s in of if s.entry.kind == kind), key=lambda s: s.number).entry if days(kind) else None

    def days(kind: str) -> list[date]:
        return sorted({s.entry.happened_at.date() for s in of if s.entry.kind == kind and s.entry.happened_at})

    reached = [s.entry.happened_at for s in of if s.entry.outcome == "reached" and s.entry.happened_at]
    signs = [
        s.number for s in of if s.entry.kind in ("questionnaire", "health", "test") or s.entry.outcome == "reached"
    ]
    lost = [s.number for s in of if s.entry.kind == "lost"]
    verdict, quarantine = newest("verdict"), newest("quarantine")
    return {
        "calls": sum(s.entry.kind == "called" for s in of),
        "reached_at": min(reached, default=None),
        "verdict": verdict and verdict.outcome,
        "quarantine": quarantine and quarantine.outcome,
        "quarantine_since": quarantine and quarantine.happened_at,
        "quarantine_until": quarantine and quarantine.until,
        "lost": bool(lost) and max(lost) > max(signs, default=0),
    }


def test_the_days_of_health_and_tests_are_each_counted_once(store: Store) -> None:
    listed(store)
    clock.now = at(3, 12)
    follow_up.enter(store, "An", *(Entry(X, "health", "well", happened_at=at(d, h)) for d in (1, 3) for h in (7, 8)))
    found = row(store, X)
    assert sorted(found["health_days"]) == [at(1).date(), at(3).date()]
    assert (found["health_due"], found["health_given"]) == (2, 1)


def behind(contacts: pl.DataFrame, moment: datetime) -> dict[str, tuple[list[int], int]]:
    """Each figure: who counts, and of how many."""
    return {
        name: (sorted(of["person_id"]), among.height)
        for name, (of, among) in follow_up.behind(contacts, moment).items()
    }


def test_figures_of_public_health(store: Store) -> None:
    listed(store)
    clock.now = at(2)
    follow_up.enter(
        store, "An",
        Entry(X, "called", "reached", happened_at=at(0, 10)), Entry(X, "health", "well", happened_at=at(1)),
        Entry(X, "quarantine", "centre", until=date(2021, 9, 7)),
        Entry(Z, "quarantine", "home", until=date(2021, 9, 7)),
        Entry(Y, "called", "reached", happened_at=at(1, 10)), Entry(Z, "lost"),
    )  # fmt: skip
    found = follow_up.state(store)
    assert behind(found, clock.now) == {
        "contacts": ([X, Y, Z], 3), "reached": ([X], 3), "daily": ([X], 3), "quarantined": ([X], 3),
        "lost": ([Z], 3), "cleared": ([], 3), "cases": ([], 3), "done": ([], 3),
    }  # fmt: skip
    early = behind(follow_up.state(store, LISTED), LISTED)
    assert early["reached"] == ([X], 2), "who has not been on the list for a day counts only when reached"
