"""What a saved answer would be by now, how that differs, and why, in plain words."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from weakref import WeakKeyDictionary

from quetma import receipts, tracing
from quetma.language import Translate, moment
from quetma.receipts import Receipt
from quetma.store import Store

CLASSES = ("f1", "f2", "f3", "possible", "unscanned")
KEPT = 200  # differences remembered of one store

Row = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """Somebody whose place in the answer is another by now. before, now: their row then and now, None: not in it.

    A row has name, phone_shown and class (f1 | f2 | f3 | possible | unscanned); all but the unscanned have minutes,
    exposed_at, last_at, location, contacts, via and certainty.
    """

    name: str
    phone: str
    before: Row | None
    now: Row | None

    @property
    def change(self) -> Literal["added", "gone", "moved", "changed"]:
        """Whether they came, went, are of another class, or only their figures differ."""
        if self.before is None or self.now is None:
            return "added" if self.before is None else "gone"
        return "changed" if self.before["class"] == self.now["class"] else "moved"


@dataclass(frozen=True)
class Ground:
    """Something the answer rests on that is another by now. `undone`: when and by whom an upload was taken back."""

    change: Literal["added", "gone", "changed"]
    what: str
    label: str
    before: str
    now: str
    at: datetime | None
    by: str | None


@dataclass(frozen=True)
class Difference:
    """people: whose place changed, in order of class and name. grounds: what the answer rests on that changed.

    unknown: cases whom the store no longer knows; then there is no answer to compare with, and `people` is empty.
    """

    people: list[Person]
    grounds: list[Ground]
    unknown: list[str]

    @property
    def same(self) -> bool:
        """Whether the store still answers exactly what was saved."""
        return not self.people and not self.unknown

    @property
    def counts(self) -> Counter[tuple[str, str]]:
        """(class, "+" or "-") → how many people came into the class or left it."""
        found: Counter[tuple[str, str]] = Counter()
        for person in self.people:
            if person.change != "changed":
                found.update([(person.now["class"], "+")] if person.now else [])
                found.update([(person.before["class"], "-")] if person.before else [])
        return found

    @property
    def since(self) -> datetime | None:
        """When the first of the changed grounds changed, as far as that was written down."""
        return min((ground.at for ground in self.grounds if ground.at), default=None)


_remembered: WeakKeyDictionary[Store, dict[tuple[int, int], Difference]] = WeakKeyDictionary()


def difference(store: Store, receipt: Receipt) -> Difference:
    """How what the store answers by now differs from what was saved. Remembered until the next write."""
    kept = _remembered.setdefault(store, {})
    key = (store.version, receipt.receipt_id)
    if key not in kept:
        if len(kept) >= KEPT:
            kept.clear()
        kept[key] = _difference(store, receipt)
    return kept[key]


def _difference(store: Store, receipt: Receipt) -> Difference:
    before = receipt.answer
    question, unknown = _asked_again(store, receipt)
    changed = list(_grounds(store, receipt, before.question))
    if unknown:
        return Difference([], changed, unknown)
    now = tracing.trace(store, question, whole=True)
    people = compare(_places(before, receipt.identities), _places(now, receipts.identities(store, now)))
    return Difference(people, changed, [])


def _asked_again(store: Store, receipt: Receipt) -> tuple[tracing.Question, list[str]]:
    """The question about the same people, whatever their numbers are by now; the names of those who are gone."""
    question, identities = receipt.answer.question, receipt.identities
    known = dict(store.ask("receipts/known_as", identities=sorted(identities.values())).iter_rows())
    names = dict(receipt.answer.people.select("person_id", "name").iter_rows())
    cases = {case.person_id: known.get(identities[case.person_id]) for case in question.cases}
    unknown = [names[person] for person, by_now in cases.items() if by_now is None]
    asked: dict[int, tracing.Case] = {}
    for case in question.cases:
        by_now = cases[case.person_id]
        if by_now is not None:  # two cases who are one by now are asked about once
            asked.setdefault(by_now, replace(case, person_id=by_now))
    isolated = [(known.get(identities.get(person, "")), moment) for person, moment in question.isolated]
    return replace(
        question,
        cases=tuple(asked.values()),
        isolated=tuple((person, moment) for person, moment in isolated if person is not None),
    ), unknown


def _places(answer: tracing.Trace, identities: dict[int, str]) -> dict[tuple, Row]:
    """(identity, …) → their row with its class. Somebody unscanned has one for each day and place."""
    found: dict[tuple, Row] = {}
    for degree in ("f1", "f2", "f3"):
        for row in getattr(answer, degree).iter_rows(named=True):
            person = row.pop("person_id")
            more = {"class": "possible" if row["certainty"] == "possible" else degree, "degree": degree}
            # minutes with several F1s at once are not one person's time
            minutes = round(row["minutes"], 2) if degree == "f1" else None
            found[identities.get(person, str(person)),] = {**row, **more, "minutes": minutes}
    for row in answer.unscanned.iter_rows(named=True):
        person, place = row.pop("person_id"), row.pop("location_id")
        found[identities.get(person, str(person)), str(row["day"]), place] = {**row, "class": "unscanned"}
    return found


def compare(before: dict[tuple, Row], now: dict[tuple, Row]) -> list[Person]:
    """Whose row is not the same in both, ordered by class and name."""
    people = [
        Person(row["name"], row["phone_shown"] or "", before.get(key), now.get(key))
        for key, row in {**before, **now}.items()
        if before.get(key) != now.get(key)
    ]
    return sorted(people, key=lambda p: (CLASSES.index((p.now or p.before or {})["class"]), p.name, p.phone))


def _grounds(store: Store, receipt: Receipt, question: tracing.Question) -> Iterator[Ground]:
    """What the answer rested on then and not now, or the other way round, earliest first."""
    then, now = (
        {(row["what"], row["thing"]): row for row in frame.iter_rows(named=True)}
        for frame in (receipt.grounds, receipts.grounds(store, question))
    )
    undone = {row["thing"]: row for row in store.ask("receipts/undone").iter_rows(named=True)}
    found = []
    for key in {**then, **now}:
        old, new = then.get(key), now.get(key)
        if old and new:
            if old["value"] != new["value"]:  # of an upload: which list it is, and when that was said is in the audit
                at, by = (None, None) if key[0] == "scans" else (new["since"], new["done_by"])
                found.append(Ground("changed", key[0], new["label"], old["value"], new["value"], at, by))
        elif new:
            found.append(Ground("added", key[0], new["label"], "", new["value"], new["since"], new["done_by"]))
        elif old:
            gone = undone.get(key[1], {}) if key[0] in ("scans", "roster", "absences") else {}
            at, by = gone.get("undone_at"), gone.get("undone_by")
            found.append(Ground("gone", key[0], old["label"], old["value"], "", at, by))
    yield from sorted(found, key=lambda ground: (ground.at is None, ground.at or datetime.min, ground.label))


# In words -------------------------------------------------------------------------------------------------------------


def badge(found: Difference, t: Translate) -> str:
    """`+3 F1, -1 F2 since 08:00 23/08/2021`, or that nothing changed."""
    if found.unknown:
        return t("The data of {who} is gone since; only what was saved is left.", who=", ".join(found.unknown))
    if found.same:
        return t("Unchanged: asked now, the answer is the same.")
    words = _classes(t)
    counts = found.counts
    said = [
        f"{'+' if sign == '+' else '−'}{counts[name, sign]} {words[name]}"
        for name in CLASSES
        for sign in ("+", "-")
        if counts[name, sign]
    ]
    other = sum(person.change == "changed" for person in found.people)
    if other:
        said.append(t("{n} with other figures", n=other))
    what = ", ".join(said)
    return t("{what} since {moment}", what=what, moment=moment(found.since)) if found.since else what


def _classes(t: Translate) -> dict[str, str]:
    return {"f1": "F1", "f2": "F2", "f3": "F3", "possible": t("possible"), "unscanned": t("on duty without a scan")}


def reasons(found: Difference, t: Translate) -> list[str]:
    """What changed in the data since, a sentence each, earliest first."""
    return [_reason(ground, t) for ground in found.grounds]


def _reason(ground: Ground, t: Translate) -> str:
    gaps = {"label": ground.label, "before": ground.before, "now": ground.now}
    uploads = {
        "added": t("because the file {label} was uploaded", **gaps),
        "gone": t("because the upload of the file {label} was undone", **gaps),
        "changed": t("because the file {label} is said to be another list, QR log or door register", **gaps),
    }
    others = {
        ("merge", "added"): t("because {label} was joined with {now}", **gaps),
        ("merge", "gone"): t("because {label} and {before} were separated again", **gaps),
        ("merge", "changed"): t("because {label} was joined with {now}, no longer with {before}", **gaps),
        ("apart", "added"): t("because {label} and {now} were found to be two people", **gaps),
        ("apart", "gone"): t("because {label} and {before} are no longer held for two people", **gaps),
        ("hours", "added"): t("because the opening hours of {label} were set: {now}", **gaps),
        ("hours", "gone"): t("because {label} has no opening hours any more", **gaps),
        ("hours", "changed"): t("because the opening hours of {label} changed from {before} to {now}", **gaps),
        ("rule", "changed"): t("the parameters of the rule {label} are others by now; the saved ones were asked again",
                               **gaps),
    }  # fmt: skip
    setting = t("because the assumed length of a stay without a scan changed")
    said = others.get((ground.what, ground.change)) or (setting if ground.what == "setting" else uploads[ground.change])
    if ground.at:
        said += " " + t("at {moment} by {who}", moment=moment(ground.at), who=ground.by)
    return said


def what_changed(person: Person, t: Translate) -> str:
    """`minutes 47 → 62, inferred → seen` of one person."""
    words, sure = _classes(t), {"seen": t("seen"), "inferred": t("inferred"), "possible": t("possible")}
    if person.change in ("added", "gone"):
        row = person.now or person.before or {}
        return (t("new: {what}") if person.now else t("no longer: {what}")).format(what=_described(row, words, sure, t))
    before, now = person.before or {}, person.now or {}
    said = [f"{words[before['class']]} → {words[now['class']]}"] if person.change == "moved" else []
    labels = {
        "name": t("name"), "phone_shown": t("phone"), "minutes": t("minutes"), "exposed_at": t("first shared"),
        "last_at": t("last shared"), "location": t("location"), "contacts": t("times together"),
        "via": t("through how many"), "certainty": t("how sure"),
    }  # fmt: skip
    for name, label in labels.items():
        was, is_now = (_shown(row.get(name), sure) for row in (before, now))
        if was != is_now and is_now:
            said.append(f"{label} {was} → {is_now}" if was else f"{label} {is_now}")
    return ", ".join(said) or t("small differences")


def _described(row: Row, words: dict[str, str], sure: dict[str, str], t: Translate) -> str:
    if row["class"] == "unscanned":
        return f"{words['unscanned']}, {row['location']}, {_shown(row['day'], sure)}"
    said = [words[row["class"]], row["location"], moment(row["exposed_at"]), sure[row["certainty"]]]
    if row["minutes"] is not None:
        said.insert(3, t("{n} minutes", n=round(row["minutes"])))
    return ", ".join(said)


def _shown(value: Any, sure: dict[str, str]) -> str:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, float):
        return f"{value:.0f}"
    if hasattr(value, "strftime"):
        return f"{value:%d/%m/%Y}"
    return "" if value is None else sure.get(value, str(value))
