"""Who leads a team beside another one: on no page, in no file and by no address do they read anything of the other's.

The other team is the demo unit, with its case and all that was decided there. Everything that is known of it, and not
of one's own team, is looked for in everything that is sent: names, phones, places, accounts, files.
"""

import json
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import ButtonGroup

from quetma import (
    archive,
    badges,
    conduct,
    demo_case,
    demo_requests,
    drill,
    identity,
    intake,
    mail,
    places,
    plan,
    posters,
    receipts,
    subject,
    tracing,
    units,
)
from quetma.access import accounts, sessions
from quetma.conduct import Decision
from quetma.engine import Standing
from quetma.file import FILE
from quetma.places import Place
from quetma.store import HEAD, ROOT, Store, open_store
from quetma.web import downloads
from tests.conftest import PASSWORD, serve
from tests.intake import prepare
from tests.web.test_page import SCREENS
from tests.web.test_wall import ALLOWED, House, request

PLACE, OTHER_PLACE = "Trụ sở Sông Mã", "Trụ sở Mai Sơn"
ROSTER = """Họ tên,SĐT,Chức vụ,Địa điểm,Điện thoại thông minh
Sùng A Tủa,0913000001,Đội trưởng,Trụ sở Sông Mã,Có
Giàng Thị Mỷ,0913000002,Kế toán,Trụ sở Sông Mã,Có
Vừ Bá Chùa,0913000003,Công chức,Trụ sở Sông Mã,Có
"""
# Nguyễn Đình Khôi, whom the other team knows too, came here as well.
SCANS = """Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra
Sùng A Tủa,0913000001,07:10 24/08/2021,Trụ sở Sông Mã,Vào
Giàng Thị Mỷ,0913000002,07:20 24/08/2021,Trụ sở Sông Mã,Vào
Nguyễn Đình Khôi,0900999001,10:30 24/08/2021,Trụ sở Sông Mã,Vào
Nguyễn Đình Khôi,0900999001,11:40 24/08/2021,Trụ sở Sông Mã,Ra
Sùng A Tủa,0913000001,17:10 24/08/2021,Trụ sở Sông Mã,Ra
Giàng Thị Mỷ,0913000002,17:20 24/08/2021,Trụ sở Sông Mã,Ra
Sùng A Tủa,0913000001,07:10 27/08/2021,Trụ sở Sông Mã,Vào
Dòng hỏng,0913000009,không rõ,Trụ sở Sông Mã,Vào
"""


@dataclass(frozen=True)
class Province:
    """Two teams in one store: whole, the store of who leads both; numbers of the teams; tokens: of the leader of both
    ("province") and of the own team ("team"); secrets: what is known of the other team alone.
    """

    whole: Store
    other: int
    own: int
    tokens: dict[str, str]
    secrets: frozenset[str]


def grow(store: Store) -> tuple[int, int]:
    """Makes the demo unit one team of a province, and another one beside it: their numbers."""
    demo_case.write(store)
    demo_requests.write(store)
    above = units.add(store, "Chi cục QLTT tỉnh", None, "demo")
    other, own = (units.add(store, name, above, "demo") for name in ("Đội số 2 Mai Sơn", "Đội số 7 Sông Mã"))
    units.give(store, [1, 2], other, "demo")
    plan.save(store, "demo", replace(plan.Plan(), title="Kế hoạch chung"))  # the province's, which all may read
    units_own = {"Lò Thị Lãnh Đạo": None, "Cầm Văn Thủ Trưởng": other, "Sùng A Tủa": own}
    for name, unit in units_own.items():
        accounts.add(store, name, PASSWORD, "leader", unit=unit)
    places.save(store.within(own), Place(PLACE), "Sùng A Tủa")
    for name, text in (("can-bo-song-ma.csv", ROSTER), ("quet-song-ma.csv", SCANS)):
        intake.load(store, prepare(store, name, text.encode()), "Sùng A Tủa")
    work(store.within(other), "Cầm Văn Thủ Trưởng")
    return other, own


def work(inside: Store, leader: str) -> None:
    """What a leader of the other team does there: something of each kind."""
    khoi = inside.ask("people/with_phone", phone="+84900999001")["person_id"][0]
    today = inside.today()
    case = tracing.Case(khoi, today - timedelta(days=2))
    receipts.save(inside, tracing.trace(inside, tracing.Question((case,)), whole=True), leader, "ghi chú mật của đội 2")
    drill.start(inside, leader)
    staff = badges.staff(inside, today)["person_id"].to_list()
    badges.issue(inside, staff[:3], leader)
    mail.set_addresses(inside, leader, {staff[0]: "mat@example.vn"})
    posters.make(inside, 1, leader, payload="https://example.vn/c/mat")
    subject.enter(inside, leader, staff[1], "copy", "xin bản sao mật", today)
    identity.keep_apart(inside, staff[0], staff[1], leader)
    archive.keep(inside, leader, "history", "tài liệu mật", "tai-lieu-mat.csv", lambda path: path.write_text("mật"))
    missed = inside.ask("compliance/days", first=today, last=today).filter(scanned=False)
    one = missed.row(0, named=True)
    conduct.decide(inside, leader, Decision(one["person_id"], "scanned", "remind", (today,), "lý do mật", today))


def known_of(store: Store) -> set[str]:
    """Every name, phone, place, account and file that the people of a store may read somewhere."""
    cursor = store.cursor()
    columns = (
        ("name", "known_person"), ("phone_shown", "known_person"), ("name", "location"), ("name", "account"),
        ("file_name", "batch"), ("note", "receipt"), ("told", "subject_request"), ("subject", "document"),
        ("file_name", "document"), ("address", "address"), ("payload", "poster"), ("reason", "conduct_entry"),
    )  # fmt: skip
    rows = [row for column, table in columns for row in cursor.execute(f"FROM {table} SELECT {column}").fetchall()]
    return {text for (text,) in rows if text and "*" not in text and len(text) > 5}


@pytest.fixture(scope="module")
def province(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    folder = shutil.copytree(demo_folder, tmp_path_factory.mktemp("province") / "store")
    store = open_store(folder)
    other, own = grow(store)
    secrets = known_of(store.within(other)) - known_of(store.within(own))
    assert len(secrets) > 100 and {OTHER_PLACE, "Cầm Văn Thủ Trưởng", "Lê Văn Nam"} <= secrets
    leaders = {"province": "Lò Thị Lãnh Đạo", "team": "Sùng A Tủa"}
    tokens = {who: sessions.start(store, name) for who, name in leaders.items()}
    yield Province(store, other, own, tokens, frozenset(secrets))
    store.close()


def told(secrets: frozenset[str], sent: bytes) -> set[str]:
    """Which of these stand in it, as they are or as JSON may write them."""
    return {text for text in secrets if text.encode() in sent or json.dumps(text)[1:-1].encode() in sent}


def everything(at: AppTest) -> bytes:
    """All that a run sent to the browser: also what is folded away, and the options of each choice."""
    assert not at.exception, at.exception
    return b"".join(element.proto.SerializeToString() for block in (at.main, at.sidebar) for element in _leaves(block))


def _leaves(block) -> Iterator:
    for child in block.children.values():
        if getattr(child, "children", None):
            yield from _leaves(child)
        if getattr(child, "proto", None) is not None:
            yield child


def opened(token: str, page: str) -> AppTest:
    at = AppTest.from_file(ROOT / "quetma" / "web" / "main.py", default_timeout=60)
    at.session_state["session_token"] = token
    if page != "overview":
        at.switch_page(f"../../pages/{page}.py")
    return at.run()


class AsSent(ButtonGroup):
    """What is chosen is said as a browser says it: by the text that is shown."""

    format_func = staticmethod(str)


def views(at: AppTest) -> Iterator[tuple[str, AppTest]]:
    """The page as it opens, and with each thing that can be chosen on it chosen once, and what is folded away."""
    yield "as it opens", at
    groups = [(group.key, label) for group in at.main.get("button_group") for label in group.options]
    for part in at.expander:
        if part.key:
            at.session_state[part.key] = True
    for key, label in groups:
        for group in at.main.get("button_group"):
            if group.key == key:
                group.__class__ = AsSent
                group.select(label)
        yield f"{key}: {label}", at.run()


@pytest.mark.parametrize("page", SCREENS)
def test_a_page_shows_a_leader_nothing_of_the_team_beside(province: Province, page: str):
    for view, at in views(opened(province.tokens["team"], page)):
        assert told(province.secrets, everything(at)) == set(), view


def test_what_is_looked_for_is_what_the_leader_of_both_reads(province: Province):
    """So that the test above can fail: there is something of the other team to see."""
    found = {page: told(province.secrets, everything(opened(province.tokens["province"], page))) for page in SCREENS}
    seen = {page for page, texts in found.items() if texts}
    assert seen >= {"overview", "compliance", "gate", "cases", "history", "upload", "locations", "audit", "accounts"}
    assert len(set().union(*found.values())) > 60


def test_no_file_that_a_page_offers_has_anything_of_the_team_beside(province: Province, tmp_path: Path):
    """Those that the pages above offered, made as when they are fetched; packed ones are looked into."""
    own = sessions.find(province.tokens["team"])
    team = [offer for offer in downloads._offers.values() if own and offer.session.key == own.key]
    made = set()
    for offer in team:
        kind = offer.file_name.rpartition(".")[2]
        if (kind, offer.audit[0]) in made:
            continue
        made.add((kind, offer.audit[0]))
        path = tmp_path / f"file.{kind}"
        offer.make(path) if offer.rows is None else offer.make(path, lambda _: None)
        parts = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as packed:
                parts = [packed.read(name) for name in packed.namelist()]
        assert told(province.secrets, b"".join(parts)) == set(), offer.file_name
    assert {kind for kind, _ in made} >= {"csv", "xlsx"}, made


class Second:
    """A second engine, which knows of no units: everything it is asked is everybody's."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ask(self, name: str, *_: object) -> NoReturn:
        self.asked.append(name)
        raise AssertionError(name)

    def settle(self) -> bool:
        return True

    def standing(self) -> Standing:
        return Standing("sc://127.0.0.1:1", None, "", "")


def test_what_a_unit_asks_the_second_engine_never_answers(province: Province, monkeypatch: pytest.MonkeyPatch):
    second = Second()
    monkeypatch.setattr(province.whole, "engine", second)
    for who, asks in (("team", False), ("province", True)):
        province.whole.answers.forget(province.whole.version)  # so that everything is asked anew
        for page in ("overview", "compliance", "flow", "history", "tracing"):
            opened(province.tokens[who], page)
        assert bool(second.asked) == asks, second.asked


def test_a_route_gives_a_leader_nothing_of_the_team_beside(province: Province, tmp_path: Path):
    """Every route as a leader of their own unit gets it, but for what concerns the whole installation."""
    province.whole.copy_to(tmp_path / FILE)
    for beside in (HEAD, sessions.KEPT):
        shutil.copy(province.whole.folder / beside, tmp_path)
    with serve(tmp_path) as url:
        house = House(url, province.tokens)
        client = house.client("team")
        client.get("/_stcore/health")  # Streamlit's cookie for `request`
        got = {asked: request(client, *asked) for asked in ALLOWED}
        expected = {asked: statuses[0] for asked, statuses in ALLOWED.items()} | {("GET", "/_stcore/metrics"): 403}
        assert {asked: answer.status_code for asked, answer in got.items()} == expected
        found = {asked: told(province.secrets, answer.content) for asked, answer in got.items()}
        assert {asked: texts for asked, texts in found.items() if texts} == {}
        assert told(province.secrets, house.client("province").get("/gate-screen").content)  # where there is something
