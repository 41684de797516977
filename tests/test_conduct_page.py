"""The screen of reminders and sanctions: who missed, decided one by one or together, the ledger, the mail."""

from collections.abc import Callable
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from quetma import conduct, directory, mail
from quetma.conduct import Decision
from quetma.mail import Server
from quetma.store import Store
from quetma.web.conduct import missed

PAGE = "pages/conduct.py"
MAI, HUONG = "Hoàng Thị Mai", "Nguyễn Thị Thanh Hương"
MONDAY, TUESDAY, FRIDAY = date(2021, 8, 23), date(2021, 8, 24), date(2021, 8, 27)
App = Callable[..., AppTest]


def person(store: Store, name: str) -> int:
    return directory.find(store, name)["person_id"][0]


def rerun(at: AppTest, **state: object) -> AppTest:
    """Runs it again, with that state."""
    for key, value in state.items():
        at.session_state[key] = value
    at.switch_page("../../pages/conduct.py")
    at.run()
    assert not at.exception
    return at


def pressed(at: AppTest, label: str) -> AppTest:
    [button] = [button for button in at.button if button.label == label]
    button.click()
    at.run()
    assert not at.exception
    return at


def said(at: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "success", "warning", "error", "code")
    return "\n".join(str(part.value) for kind in kinds for part in at.get(kind)).replace("\\", "")


def decided(store: Store, name: str = MAI, *days: date, step: conduct.LadderStep = "remind") -> int:
    [number] = conduct.decide(
        store, "An", Decision(person(store, name), "scanned", step, days or (MONDAY,), "quên", FRIDAY)
    )
    return number


def audited(store: Store, action: str) -> list[tuple[str, str]]:
    lines = "SELECT subject, detail FROM audit WHERE action = ? ORDER BY logged_at"
    return store.cursor().execute(lines, [action]).fetchall()


def test_who_missed_this_week_and_how_often(app: App, demo_store: Store) -> None:
    at = app(PAGE, language="en", store=demo_store)
    assert f"**{MAI}** · Kiểm soát viên thị trường · missed 2: 23/08, 24/08" in said(at)
    assert "**4 people**, 4 of them" in said(at) and "The ladder proposes: **reminder**" in said(at)
    at.number_input(key="conduct_least").set_value(2).run()
    assert "**1 people**" in said(at) and HUONG not in said(at)
    at.number_input(key="conduct_least").set_value(6).run()
    assert "Nobody missed it so often from 23/08/2021 to 27/08/2021." in said(at)
    assert audited(demo_store, "open rows") == [("no QR scan, 23/08/2021 – 27/08/2021", "")]


@pytest.mark.parametrize("role", ["gatekeeper", "viewer"])
def test_only_leaders_see_it(app: App, demo_store: Store, role: str) -> None:
    decided(demo_store)
    at = app(PAGE, role=role, store=demo_store)
    assert MAI not in said(at) and not at.dataframe and not at.button


def test_without_a_staff_list_it_says_what_to_do(app: App, empty_store: Store) -> None:
    at = app(PAGE, language="en", store=empty_store)
    assert not at.exception and "There is nobody on the staff list, or no scan yet." in said(at)


def test_one_decision_from_the_list_to_the_ledger(app: App, demo_store: Store) -> None:
    mai = person(demo_store, MAI)
    at = rerun(app(PAGE, language="en", store=demo_store), **{missed.OPENED: (mai, "scanned")})
    assert "đồng chí chưa quét mã QR" in at.code[0].value, "the text is in Vietnamese, for who gets it"
    at.text_input(key=f"conduct_scanned_{mai}_reason").set_value("")
    pressed(at, "Save the decision")
    assert at.error[0].value == "A decision needs a reason. Nothing was saved."
    at.text_input(key=f"conduct_scanned_{mai}_reason").set_value("hai lần trong tuần")
    at.text_input(key=f"conduct_scanned_{mai}_document").set_value("12/TB")
    pressed(at, "Save the decision")
    [row] = conduct.ledger(demo_store).rows(named=True)
    assert (row["name"], row["step"], row["missed"], row["reason"], row["document"], row["entered_by"]) == (
        MAI, "remind", [MONDAY, TUESDAY], "hai lần trong tuần", "12/TB", "Test leader"
    )  # fmt: skip
    at = rerun(at)
    assert "Decided: reminder on 27/08/2021" in said(at)
    at = rerun(at, conduct_view="ledger")
    assert at.dataframe[0].value["name"].to_list() == [MAI]
    assert at.dataframe[0].value["told"].to_list() == ["– not yet"]


def test_a_criticism_is_the_leaders_choice_whatever_the_ladder_proposes(app: App, demo_store: Store) -> None:
    mai = person(demo_store, MAI)
    at = rerun(app(PAGE, language="en", store=demo_store), **{missed.OPENED: (mai, "scanned")})
    next(group for group in at.get("button_group") if str(group.key).endswith("_step")).set_value("criticise")
    at.run()
    assert not at.code and "the notice to hand over stands in the ledger" in said(at)
    pressed(at, "Save the decision")
    assert conduct.ledger(demo_store)["step"].to_list() == ["criticise"]


def test_several_are_reminded_at_once(app: App, demo_store: Store) -> None:
    at = rerun(app(PAGE, language="en", store=demo_store), texts=True)
    assert at.code[0].value.count("đồng chí chưa quét mã QR") == 4
    at.multiselect(key="remind_scanned").set_value([person(demo_store, MAI), person(demo_store, HUONG)]).run()
    pressed(at, "Record the reminder for 2 people")
    assert conduct.ledger(demo_store).sort("name").select("name", "missed", "reason").rows() == [
        (MAI, [MONDAY, TUESDAY], "No QR scan: 23/08, 24/08"), (HUONG, [FRIDAY], "No QR scan: 27/08"),
    ]  # fmt: skip


def test_the_ledger_is_filtered_and_its_look_up_written_down(app: App, demo_store: Store) -> None:
    decided(demo_store)
    decided(demo_store, HUONG, FRIDAY, step="criticise")
    at = rerun(app(PAGE, language="en", store=demo_store), conduct_view="ledger")
    assert len(at.dataframe[0].value) == 2
    at.text_input(key="ledger_text").set_value("huong").run()
    assert at.dataframe[0].value["name"].to_list() == [HUONG]
    at.text_input(key="ledger_text").set_value("nobody").run()
    assert not at.dataframe and "No decision fits" in said(at)
    assert [subject for subject, _ in audited(demo_store, "open ledger")] == [
        "Decisions about missed duties: 2.", "Decisions about missed duties: 1. Person: huong.",
        "Decisions about missed duties: 0. Person: nobody.",
    ]  # fmt: skip


def test_a_decision_opened_handed_over_and_taken_back(app: App, demo_store: Store) -> None:
    number = decided(demo_store)
    at = rerun(app(PAGE, language="en", store=demo_store), conduct_view="ledger", ledger_opened=number)
    assert "đã quyết định: nhắc nhở" in at.code[0].value
    assert "It is not noted that it reached the person." in said(at)
    pressed(at, "Handed over in writing")
    at = rerun(at, ledger_opened=number)
    assert "It reached the person: handed over in writing; first at 15:41 27/08/2021." in said(at)
    assert not [button for button in at.button if button.label == "Handed over in writing"]
    pressed(at, "Take back")
    assert at.error[0].value == "Say why it is taken back. Nothing was saved."
    at.text_input(key=f"take_back_why_{number}").set_value("có đơn xin phép")
    pressed(at, "Take back")
    assert conduct.ledger(demo_store).is_empty()
    assert "Nothing is decided yet" in said(rerun(at))


def test_everything_about_one_person_is_written_down_when_opened(app: App, demo_store: Store) -> None:
    conduct.take_back(demo_store, "An", decided(demo_store), "nhầm")
    number = decided(demo_store, MAI, TUESDAY)
    at = rerun(app(PAGE, language="en", store=demo_store), conduct_view="ledger", ledger_opened=number)
    assert not audited(demo_store, "open extract")
    at = rerun(at, ledger_opened=number, **{f"extract_{number}": True})
    assert "Đã rút lại ngày 27/08/2021: nhầm." in at.code[1].value
    assert audited(demo_store, "open extract") == [(f"{MAI} 0900000004", "")]


def test_mail_is_set_up_tried_and_switched_off(app: App, demo_store: Store) -> None:
    at = rerun(app(PAGE, language="en", store=demo_store), conduct_view="letters")
    assert "Mail is not set up" in said(at)
    at.text_input(key="mail_host").set_value("localhost")
    at.number_input(key="mail_port").set_value(1)
    at.text_input(key="mail_sender").set_value("doi2")
    at.text_input(key="mail_password").set_value("bí mật riêng")
    pressed(at, "Save the mail server")
    assert at.error[0].value == "This is no e-mail address. Nothing was saved."
    at.text_input(key="mail_sender").set_value("doi2@example.vn")
    pressed(at, "Save the mail server")
    assert mail.server(demo_store) == Server("localhost", 1, "starttls", "", "doi2@example.vn")
    assert mail.has_password(demo_store)
    at = rerun(at)
    assert "bí mật riêng" not in str(at.main) and at.text_input(key="mail_password").value == ""
    at.text_input(key="mail_try_to").set_value("x@example.vn")
    pressed(at, "Send")
    assert at.error[0].value.startswith("The mail server did not answer.")
    pressed(at, "Send no mail any more")
    assert mail.server(demo_store) is None and not mail.has_password(demo_store)


def test_a_letter_that_fails_is_said_and_the_decision_kept(app: App, demo_store: Store) -> None:
    mai = person(demo_store, MAI)
    mail.set_up(demo_store, "An", Server("localhost", 1, "none", "", "doi2@example.vn"))
    mail.set_addresses(demo_store, "An", {mai: "mai@example.vn"})
    at = rerun(app(PAGE, language="en", store=demo_store), **{missed.OPENED: (mai, "scanned")})
    at.checkbox(key=f"conduct_scanned_{mai}_post").check()
    pressed(at, "Save the decision")
    [row] = conduct.ledger(demo_store).rows(named=True)
    assert row["failed"].startswith("The mail server did not answer.") and row["told"] == []
    assert audited(demo_store, "notice failed") == [(f"{MAI} 0900000004", f"email, decision {row['entry_id']}")]
    at = rerun(at, conduct_view="ledger", ledger_opened=row["entry_id"])
    assert "The last e-mail failed" in said(at)
    pressed(at, "Send by e-mail")
    assert at.warning[0].value.startswith(f"No e-mail to {MAI}: The mail server did not")
