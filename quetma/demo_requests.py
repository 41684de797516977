"""Two requests for information in the demo unit's register: the district's health centre was answered, the police wait.

Made by the same calls as the screens make; who looks around finds one letter to read and one to make.
"""

from dataclasses import replace
from datetime import date

from quetma import inquiries
from quetma.demo_case import CASE_PHONE, LEADER
from quetma.documents import answer
from quetma.inquiries import Asked
from quetma.store import Store

HEALTH = Asked(
    "Trung tâm Y tế huyện Yên Châu", "điều tra dịch tễ, truy vết người tiếp xúc gần", date(2021, 8, 26),
    date(2021, 8, 30), date(2021, 8, 11), date(2021, 8, 25), "214/TTYT-KSBT", date(2021, 8, 25),
)  # fmt: skip
BASIS = "Luật Phòng, chống bệnh truyền nhiễm số 03/2007/QH12"
POLICE = Asked(
    "Công an huyện Mai Sơn", "xác minh vụ mất xe máy trước cổng trụ sở", date(2021, 8, 27), date(2021, 8, 31),
    date(2021, 8, 23), date(2021, 8, 24), "145/CV-CAH", date(2021, 8, 26), kind="visitor",
)  # fmt: skip


def write(store: Store) -> None:
    """Adds the requests to the demo unit with its case."""
    person = store.ask("people/with_phone", phone=CASE_PHONE)["person_id"][0]
    number = inquiries.enter(store, LEADER, replace(HEALTH, people=(person,)))
    asked = inquiries.one(store, number)
    assert asked
    answer.give(store, LEADER, asked, whole=True, basis=BASIS)
    places = dict(store.ask("flow/locations").select("name", "location_id").iter_rows())
    inquiries.enter(store, LEADER, replace(POLICE, locations=(places["Trụ sở Mai Sơn"],)))
