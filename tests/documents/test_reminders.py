"""The texts about missed duties: exactly these, in both languages, and nothing of anybody's health."""

from datetime import date, datetime

import pytest

from quetma.documents import reminders
from quetma.language import translator

VI, EN = translator("vi"), translator("en")
DAYS = (date(2021, 8, 23), date(2021, 8, 24))
ROW = {
    "name": "Hoàng Thị Mai", "duty": "scanned", "step": "criticise", "missed": list(DAYS),
    "reason": "Hai lần trong tuần.", "decided_on": date(2021, 8, 27), "document": "12/TB-ĐQLTT",
    "taken_back_at": None, "taken_back_why": None,
}  # fmt: skip


def test_the_reminder() -> None:
    assert reminders.reminder(VI, "Hoàng Thị Mai", "scanned", DAYS, "Đội 2") == (
        "Đội 2 gửi Hoàng Thị Mai: ngày 23/08/2021, 24/08/2021 đồng chí chưa quét mã QR tại trụ sở đơn vị. "
        "Đề nghị quét mã mỗi lần ra, vào trụ sở. Nếu đã thực hiện hoặc có lý do, đề nghị báo lại lãnh đạo."
    )
    assert reminders.reminder(EN, "Hoàng Thị Mai", "declared", DAYS[:1]) == (
        "Your unit to Hoàng Thị Mai: on 23/08/2021 you have given no health declaration. Please declare your health "
        "electronically each working day. If you did, or could not, tell your leader why."
    )


def test_the_notice_of_a_decision() -> None:
    assert reminders.notice(VI, ROW, "Đội 2") == (
        "Đội 2 thông báo đến Hoàng Thị Mai: ngày 27/08/2021 đã quyết định: phê bình. Về việc: không quét mã QR, các "
        "ngày 23/08/2021, 24/08/2021. Lý do: Hai lần trong tuần. Văn bản số: 12/TB-ĐQLTT. Nếu chưa đúng, đề nghị "
        "báo lại lãnh đạo; quyết định có thể được rút lại."
    )
    assert "Document" not in reminders.notice(EN, ROW | {"document": ""})


@pytest.mark.parametrize(("step", "begins"), [("remind", "Đội 2 gửi"), ("criticise", "Đội 2 thông báo đến")])
def test_the_letter_is_the_reminder_or_the_notice(step: str, begins: str) -> None:
    subject, text = reminders.letter(VI, ROW | {"step": step}, "Đội 2")
    assert text.startswith(f"{begins} Hoàng Thị Mai")
    assert subject == f"Thông báo của đơn vị: {'nhắc nhở' if step == 'remind' else 'phê bình'}"


def test_all_that_was_decided_about_one_person() -> None:
    back = ROW | {"step": "remind", "duty": "declared", "document": "", "taken_back_at": datetime(2021, 8, 28, 9),
                  "taken_back_why": "có đơn"}  # fmt: skip
    assert reminders.extract(EN, [ROW, back], "Team 2") == (
        "Team 2: decisions about Hoàng Thị Mai: 2.\n"
        "- 27/08/2021: criticism. No QR scan, 23/08/2021, 24/08/2021. Reason: Hai lần trong tuần. "
        "Document: 12/TB-ĐQLTT.\n"
        "- 27/08/2021: reminder. No health declaration, 23/08/2021, 24/08/2021. Reason: Hai lần trong tuần. "
        "Taken back on 28/08/2021: có đơn."
    )


def test_several_as_one_text() -> None:
    assert reminders.as_list([("A", "", "x"), ("B", "0912", "y")]) == "A\nx\n\nB · 0912\ny"
