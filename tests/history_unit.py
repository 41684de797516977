"""A small unit with one of everything that the scan history must show and write: uploaded, as a unit would."""

from pathlib import Path

from quetma import intake
from quetma.store import Store, open_store
from tests.intake import prepare

ROSTER = """\
Họ và tên,Số điện thoại,Năm sinh,Chức vụ,Trụ sở,Điện thoại thông minh,Từ ngày,Đến ngày
Hà Minh Tôn,0912000001,1975,Đội trưởng,Trụ sở Mai Sơn,Có,,
Lò Thị Hoà,0912000002,,Công chức,Trụ sở Yên Châu,Có,,25/08/2021
"""
SCANS = """\
Họ và tên,Số điện thoại,Năm sinh,Địa điểm,Thời gian quét,Vào/Ra,Mục đích
Hà Minh Tôn,0912000001,1975,Trụ sở Mai Sơn,24/08/2021 07:31:05,Vào,
"=HYPERLINK(""http://x.vn"";""bấm"")",0987654321,,Trụ sở Mai Sơn,24/08/2021 08:00:00,Vào,"Nộp hồ sơ; =1+1"
Hà Minh Tôn,0912000001,1975,Trụ sở Mai Sơn,24/08/2021 17:02:00,Ra,
Lò Thị Hoà,0912000002,,Trụ sở Yên Châu,25/08/2021 07:45:00,Vào,-1
Lò Thị Hoà,0912000002,,Trụ sở Yên Châu,26/08/2021 09:00:00,Vào,
Nguyễn Văn ***,0912345***,,Trụ sở Mai Sơn,26/08/2021 09:00:00,Vào,
Cà Văn An,,1990,Trụ sở Mai Sơn,26/08/2021 09:30:00,,
Cà Văn An,,1985,Trụ sở Mai Sơn,26/08/2021 09:40:00,,
@Smith,+12025550123,,=Chợ Mai Sơn,26/08/2021 10:00:00,Ra,
,0356789012,,Trụ sở Mai Sơn,26/08/2021 11:00:00,Vào,
,0356789***,,Trụ sở Mai Sơn,26/08/2021 12:00:00,Vào,
"""


def fill(store: Store) -> None:
    """The unit's uploads."""
    for name, text in (("ds.csv", ROSTER), ("qr.csv", SCANS)):
        batch = intake.load(store, prepare(store, name, text.encode()), "test")
        assert batch.json()["rejected"] == 0


def write(folder: Path) -> Store:
    """The unit in a store of its own."""
    store = open_store(folder)
    fill(store)
    return store
