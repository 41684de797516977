"""The page Who is who: what is proposed, what a decision asks and does, what is written down."""

import pytest
from streamlit.testing.v1 import AppTest

from quetma import attention, directory, identity, intake, likely
from quetma.language import translator
from quetma.store import Store
from quetma.web.widgets import plain
from tests.intake import prepare
from tests.test_identity import ids, upload

PAGE = "pages/who.py"


def uploaded(store: Store) -> None:
    upload(store, "roster", "scans")


@pytest.fixture
def unit(filled) -> Store:
    return filled(uploaded)


def texts(at: AppTest) -> str:
    return "\n".join(str(part.value) for kind in (at.markdown, at.caption, at.success, at.subheader) for part in kind)


def audit(store: Store) -> list[tuple[str, str, str]]:
    return store.cursor().execute("SELECT action, subject, detail FROM audit ORDER BY logged_at").fetchall()


def test_only_leaders(app, unit: Store):
    for role in ("gatekeeper", "viewer"):
        at = app(page=PAGE, role=role, language="en", store=unit)
        assert "Lò Văn" not in texts(at)
        assert [title.value for title in at.title] == ["This page is not open to your role"]


def test_nobody_yet(app, empty_store: Store):
    at = app(page=PAGE, language="en", store=empty_store)
    assert not at.exception
    assert "nobody here yet" in at.info[0].value


def test_nothing_to_decide(app, empty_store: Store):
    upload(empty_store, "roster")
    at = app(page=PAGE, language="en", store=empty_store)
    assert [done.value for done in at.success] == ["Nobody seems to stand here twice."]


def test_of_very_many_people_the_page_shows_how_far_they_are_looked_through(
    app, unit: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(likely, "AT_ONCE", 0)
    monkeypatch.setattr(likely, "RESTS", 0)
    watch = likely.Looking(unit)
    at = app(page=PAGE, language="en", store=unit)
    assert not at.exception
    assert "To decide" not in texts(at)
    [progress] = at.get("progress")
    assert "what was found so far" in progress.proto.text
    watch.look()
    at.run()
    assert "may be one of several people" in texts(at)
    assert not at.get("progress")


def test_a_name_that_fits_several_is_a_choice_and_the_choice_is_made_and_taken_back(app, unit: Store):
    who = ids(unit)
    by_hand, chosen = who["Lò Văn Tuấn"], who["Lò Văn Tuấn 0912000003"]
    at = app(page=PAGE, language="en", store=unit)
    assert not at.exception
    assert "may be one of several people" in texts(at)
    at.button(key=f"same_{by_hand}_{chosen}").click().run()
    assert "Scans from 26/08/2021 to 26/08/2021 then count for Lò Văn Tuấn: 1" in texts(at)
    assert identity.decided(unit)["what"].to_list() == ["rule"]  # only asked so far
    at.button(key="who_yes").click().run()
    assert not at.exception
    assert at.success[0].value == plain("Joined: Lò Văn Tuấn (no phone number) is Lò Văn Tuấn (0912000003).")
    assert unit.cursor().execute("SELECT COUNT(*) FROM scan WHERE person_id = ?", [chosen]).fetchall() == [(1,)]
    assert f"same_{by_hand}_{chosen}" not in {button.key for button in at.button}
    at.session_state["who_decided"] = True
    at.run()
    at.button(key=f"merge_{by_hand}_{chosen}").click().run()
    assert unit.cursor().execute("SELECT COUNT(*) FROM scan WHERE person_id = ?", [chosen]).fetchall() == [(0,)]
    told = [line for line in audit(unit) if line[0] in {"who is who", "same person", "taken back"}]
    pair = "Lò Văn Tuấn", "Lò Văn Tuấn (0912000003)"
    assert told == [("who is who", "likely duplicates", ""), ("same person", *pair), ("taken back", *pair)]


def test_not_the_same_is_kept_and_taken_back(app, unit: Store):
    who = ids(unit)
    one, other = who["Cà Văn An"], who["Cà Văn An 0944000001"]
    at = app(page=PAGE, language="en", store=unit)
    assert "one was at Yên Châu, the other at Mai Sơn" in texts(at)
    at.button(key=f"apart_{one}_{other}").click().run()
    assert f"apart_{one}_{other}" not in {button.key for button in at.button}
    at.session_state["who_decided"] = True
    at.run()
    pair = f"apart_{min(one, other)}_{max(one, other)}"
    at.button(key=pair).click().run()
    assert not at.exception
    assert f"apart_{one}_{other}" in {button.key for button in at.button}


def test_the_rule_can_be_refused(app, unit: Store):
    who = ids(unit)
    by_hand, staff = who["Vì Thị Hồng"], who["Vì Thị Hồng 0912000002"]
    at = app(page=PAGE, language="en", store=unit, state={"who_decided": True})
    at.button(key=f"rule_{by_hand}_{staff}").click().run()
    assert identity.decided(unit)["what"].to_list() == ["apart"]


def test_two_found_by_hand_are_joined(app, unit: Store):
    who = ids(unit)
    at = app(
        page=PAGE,
        language="en",
        store=unit,
        state={"who_first": who["Vì Thị Hồng 0912000002"], "who_second": who["Cà Văn An 0944000001"]},
    )
    assert "Their names are different" in texts(at)
    at.button(key=f"by_hand_same_{who['Cà Văn An 0944000001']}_{who['Vì Thị Hồng 0912000002']}").click().run()
    at.button(key="who_yes").click().run()
    assert not at.exception
    assert at.session_state["who_first"] is None
    # Found by what the log called them, too.
    assert directory.find(unit, "0944000001")["name"].to_list() == ["Vì Thị Hồng"]
    at.session_state["who_first"] = who["Vì Thị Hồng 0912000002"]
    at.session_state["who_second"] = who["Nguyễn Văn *** 0912000***"]
    at.run()
    assert "masked" in at.warning[0].value


def test_overview_tells_of_a_missing_staff_member_whose_namesake_scanned(unit: Store):
    def told() -> list[str]:
        found = attention.items(unit, translator("en"), health=True, upload=False)
        return [item.text for item in found if item.page == "who"]

    who = ids(unit)
    pair = (
        "Somebody of the same name has scanned on 26/08/2021: Lò Văn Tuấn, Lò Văn Tuấn. Perhaps they are not missing."
    )
    assert told() == [pair]
    identity.keep_apart(unit, who["Lò Văn Tuấn"], who["Lò Văn Tuấn 0912000001"], "test")
    # Then the name fits one staff member alone, and the rule says it is that one.
    assert told() == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_phone_with_the_names_of_several_people_is_shown(app, empty_store: Store, language: str):
    head = "Họ tên,SĐT,Địa điểm,Thời gian\n"
    for n, name in enumerate(("Lò Văn An", "LÒ VĂN AN", "Quàng Thị Hoa")):
        text = f"{head}{name},0912000001,Mai Sơn,24/08/2021 0{n}:30\nHà B,0912000002,Mai Sơn,24/08/2021 0{n}:31\n"
        intake.load(empty_store, prepare(empty_store, f"{n}.csv", text.encode()), "test")
    at = app(page=PAGE, language=language, store=empty_store)
    assert not at.exception
    label = translator(language)("One phone, several people’s names: {n}", n="1")
    assert label in [box.label for box in at.expander]
    at.session_state["who_shared"] = True
    at.run()
    assert not at.exception
    [told] = [frame.value for frame in at.dataframe if len(frame.value.columns) == 2]
    assert told.iloc[0, 0] == "0912000001"
    assert sorted(told.iloc[0, 1]) == ["LÒ VĂN AN", "Lò Văn An", "Quàng Thị Hoa"]
