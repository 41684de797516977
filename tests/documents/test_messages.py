"""Message texts: exactly these, and never the case's name or phone."""

from pathlib import Path

import pytest

from quetma.documents import messages
from quetma.store import Store
from quetma.tracing import Case, Question, trace
from tests.scenario import unit
from tests.test_receipts import F0, HERE, ONSET, THERE, X, Y, Z, visits

VI = (
    "Đội 2 gửi Người 2: theo lịch sử quét mã, ngày 23/08/2021, từ khoảng 12:13, anh/chị có mặt tại Nơi 1 cùng lúc với "
    "một người nay mắc COVID-19. Anh/chị có thể là người tiếp xúc gần (nghi F1 – cần xác minh). Đề nghị anh/chị ở tại "
    "nhà, không tiếp xúc với người khác, đeo khẩu trang, theo dõi sức khỏe và báo ngay cho trạm y tế xã, phường nơi ở. "
    "Liên hệ: Trạm y tế 0212."
)
EN = (
    "The unit you visited to Người 3: our check-in log shows you at Nơi 2 at 14:00 23/08/2021, together with a person "
    "who may be a close contact of somebody with COVID-19. You may be an F2 (to be verified). Please avoid meeting "
    "others, wear a mask, watch your health and report any fever, cough or trouble breathing to the health station of "
    "your commune."
)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    stays = (F0, HERE, 0, 60), (X, HERE, 13, 90), (X, THERE, 100, 160), (Y, THERE, 120, 200), (Z, HERE, 50, 55)
    return unit(tmp_path / "store", visits(*stays))


def test_the_texts(store: Store) -> None:
    answer = trace(store, Question((Case(F0, ONSET),)))
    found = messages.messages(answer, "vi", "Đội 2", "Trạm y tế 0212")
    assert [(message.degree, message.phone) for message in found] == [
        ("F1", "0912342"),
        ("F1", "0912344"),
        ("F2", "0912343"),
    ]
    assert found[0].text == VI
    assert messages.messages(answer, "en")[2].text == EN
    assert messages.as_list(found[:1]) == f"F1 · 0912342 · Người 2\n{VI}"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_never_the_case(store: Store, language: str) -> None:
    answer = trace(store, Question((Case(F0, ONSET), Case(Z, ONSET))))
    text = messages.as_list(messages.messages(answer, language, "Đội 2", "0212"))
    assert "Người 2" in text
    assert not [told for told in ("Người 1", "0912341", "Người 4", "0912344") if told in text]


def test_nobody_is_written_to_without_a_phone_or_under_a_mask(store: Store) -> None:
    with store.write() as cursor:
        cursor.execute("UPDATE person SET phone = NULL WHERE person_id = ?", [X])
        cursor.execute("UPDATE person SET masked = TRUE WHERE person_id = ?", [Z])
    answer = trace(store, Question((Case(F0, ONSET),)))
    assert [message.person_id for message in messages.messages(answer, "vi")] == [Y]
