"""The page Gate, and the files made there: badges read back, the muster list."""

import io

import pytest
import zxingcpp
from PIL import Image

from quetma import badges, flow, gate
from quetma.documents import badge, muster
from quetma.language import translator
from quetma.store import Store

STATES = {"leader": True, "gatekeeper": False}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_empty_store_says_what_to_do(app, empty_store: Store, language: str):
    at = app(page="pages/gate.py", role="leader", language=language, store=empty_store)
    assert not at.exception
    assert not at.dataframe


def test_a_viewer_is_told_that_it_is_not_for_them(app, demo_store: Store):
    at = app(page="pages/gate.py", role="viewer", language="en", store=demo_store)
    assert at.title[0].value == "This page is not open to your role"
    assert not at.metric and not at.dataframe


@pytest.mark.parametrize("role", STATES)
def test_who_is_there_and_who_never_left(app, demo_store: Store, role: str):
    with demo_store.write() as cursor:
        cursor.execute("UPDATE location SET capacity = 12 WHERE location_id = 1")
    at = app(page="pages/gate.py", role=role, language="en", store=demo_store)
    assert not at.exception
    here = flow.on_site(demo_store, names=True).people
    at_first = here.filter(here["location_id"] == 1).height
    assert at.metric[0].value == f"{at_first}/12"
    assert [w.value for w in at.warning if "full" in w.value]
    missed = gate.never_out(demo_store, demo_store.today())
    assert at.dataframe[0].value["name"].tolist() == missed["name"].to_list()
    [everybody] = [button for button in at.button if button.label.startswith("All of them")]
    everybody.click().run()
    assert not at.exception
    assert gate.never_out(demo_store, demo_store.today()).is_empty()
    [again] = [button for button in at.button if button.label == "Take back"]
    again.click().run()
    assert gate.never_out(demo_store, demo_store.today())["name"].to_list() == missed["name"].to_list()
    assert bool([button for button in at.button if "badges" in button.label]) == STATES[role]


def test_of_very_many_who_never_left_the_newest_are_shown(app, demo_store: Store):
    with demo_store.write() as cursor:
        cursor.execute(
            "INSERT INTO stay SELECT day, location_id, person_id, t_in - TO_SECONDS(n), t_out, in_seen, out_seen "
            "FROM stay, range(1, 150) t(n) WHERE person_id = $person AND t_in = $since",
            gate.never_out(demo_store, demo_store.today()).select(person="person_id", since="t_in").row(0, named=True),
        )
    at = app(page="pages/gate.py", role="leader", language="en", store=demo_store)
    assert not at.exception
    every = gate.never_out(demo_store, demo_store.today())
    assert at.dataframe[0].value["t_in"].tolist() == every["t_in"].head(100).to_list() and every.height > 149
    assert [caption for caption in at.caption if caption.value.startswith("These are the newest 100.")]
    assert [button for button in at.button if button.label == "All of them have left: 100"]


def test_very_many_places_are_a_table_the_fullest_first(app, demo_store: Store):
    with demo_store.write() as cursor:
        cursor.execute(
            "INSERT INTO location (location_id, name, name_key) "
            "SELECT 900 + n, 'Cổng ' || n, 'cong ' || n FROM range(40) t(n)"
        )
    at = app(page="pages/gate.py", role="leader", language="en", store=demo_store)
    assert not at.exception and not at.metric
    shown = at.dataframe[0].value
    assert len(shown) > 40 and shown["people"].is_monotonic_decreasing
    assert shown["people"].sum() == flow.present(demo_store, at=demo_store.clock()).height > 0


def test_badges_are_made_ended_and_printed(app, demo_store: Store):
    at = app(page="pages/gate.py", role="leader", language="en", store=demo_store)
    [make] = [button for button in at.button if button.label.startswith("Make badges")]
    make.click().run()
    before = badges.staff(demo_store, demo_store.today())
    assert before["token"].null_count() == 0
    person = before["person_id"][0]
    at.multiselect(key="gate_badges").set_value([person]).run()
    [renew] = [button for button in at.button if button.label.startswith("New badge")]
    renew.click().run()
    after = badges.staff(demo_store, demo_store.today())
    assert (before["token"] != after["token"]).to_list() == [True] + [False] * 12
    ended, held = (badges.holder(demo_store, frame["token"][0]) for frame in (before, after))
    assert ended and ended.revoked_at and held and not held.revoked_at and held.person_id == person

    assert badge.pdf(demo_store, after).startswith(b"%PDF")
    page = Image.open(io.BytesIO(badge.page_png(demo_store, after, 110))).convert("L")
    codes = {found.text for found in zxingcpp.read_barcodes(page)}
    assert codes == set(after["token"][:10])  # ten on a sheet
    assert not any(word.encode() in badge.svg(after["token"][0]) for word in after["name"][0].split())


def test_the_muster_list_has_everybody(demo_store: Store):
    people = flow.on_site(demo_store, names=True).people
    made = muster.pdf(demo_store, people, demo_store.clock(), translator("vi"))
    assert made.startswith(b"%PDF")
    assert muster.pdf(demo_store, people.clear(), demo_store.clock(), translator("en")).startswith(b"%PDF")
    assert len(made) > len(muster.pdf(demo_store, people.head(1), demo_store.clock(), translator("vi")))
