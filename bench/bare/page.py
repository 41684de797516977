"""The floor's page: the widgets of the overview, in its order, drawn from constants."""

from datetime import date, timedelta

import plotly.graph_objects as go
import streamlit as st

ICON = "quetma/web/icon.svg"


def bare() -> None:
    """What pages/overview.py draws for a leader of the demo unit."""
    st.title("Tổng quan", anchor=False)
    st.markdown("**Số liệu đến ngày 27/08/2021**, ngày có lượt quét mới nhất, không phải hôm nay.")
    st.caption("Lượt quét mới nhất: 15:41 27/08/2021. Lần nạp dữ liệu gần nhất: 09:00 28/08/2021, người nạp: demo.")
    figures, warnings = st.columns([3, 2], gap="medium")
    with figures, st.grid(3, min_column_width=150):
        for label, value, change, note in (
            ("Đã cài ứng dụng", "13/13", 0, ""),
            ("Đã tiêm vắc xin", "12/13", 0, ""),
            ("Đã khai báo y tế", "12/13", -1, ""),
            ("Đã quét mã", "12/13", -1, ""),
            ("Khách trong ngày", "21", 4, ""),
            ("Đang có mặt", "18", None, "lúc 15:41 27/08/2021"),
        ):
            with st.container(border=True, height="stretch", gap="xsmall"):
                st.metric(label, value, change, delta_description="so với 26/08" if change is not None else None)
                if note:
                    st.caption(note)
                st.page_link(OTHER, label="Xem danh sách", icon=":material/arrow_forward:")
    with warnings, st.container(border=True):
        st.subheader("Cần chú ý", anchor=False)
        for text in (
            ":red[:material/emergency_home:] Vì Thị Hồng khai báo có triệu chứng lúc 06\\:31 27/08\\: Sốt nhẹ, ho\\.",
            ":orange[:material/warning:] Chưa quét mã ngày 27/08/2021\\: Nguyễn Thị Thanh Hương\\.",
            ":orange[:material/warning:] Chưa khai báo y tế ngày 27/08/2021\\: Tòng Thị Hạnh\\.",
            ":orange[:material/warning:] Chưa tiêm hoặc chưa được xác nhận đã tiêm vắc xin\\: Đinh Thị Thúy\\.",
            ":material/info: Số lượt vào ngày 26/08/2021 chưa quét mã khi ra\\: 2\\.",
        ):
            with st.container(horizontal=True, wrap=False, gap="small"):
                st.markdown(text)
                st.page_link(OTHER, label="Mở", icon=":material/arrow_forward:")
    st.expander("Ai đang có mặt: 18 người", key="on_site", icon=":material/list:", on_change="rerun")
    left, right = st.columns(2, gap="large")
    days = [date(2021, 8, 14) + timedelta(days=n) for n in range(14)]
    look = {"height": 240, "dragmode": False, "xaxis": {"fixedrange": True}, "yaxis": {"fixedrange": True}}
    with left:
        st.subheader("Khách trong hai tuần gần đây", anchor=False)
        counts = [0, 0, 28, 9, 14, 17, 23, 0, 0, 24, 15, 16, 17, 21]
        bars = [{"type": "bar", "x": days, "y": counts, "name": "Khách", "marker": {"color": "#0072B2"}}]
        st.plotly_chart(go.Figure(data=bars, layout=look), key="by_day", config={"displayModeBar": False}, alt="Khách")
    with right:
        st.subheader("Tỷ lệ chấp hành trong hai tuần gần đây", anchor=False)
        shares = [1.0, 0.92, 0.85, 0.92, 1.0, 0.92, 1.0, 0.92, 1.0, 0.92]
        lines = [
            {"type": "scatter", "x": days[-10:], "y": shares, "name": name, "mode": "lines+markers"}
            for name in ("Đã cài ứng dụng", "Đã tiêm vắc xin", "Đã khai báo y tế", "Đã quét mã")
        ]
        st.plotly_chart(go.Figure(data=lines, layout=look), key="duties", config={"displayModeBar": False}, alt="Tỷ lệ")


def other() -> None:
    """Where the links lead."""


st.set_page_config(page_icon=ICON, layout="wide")
st.logo(ICON, size="large")
OTHER = st.Page(other, title="Tuân thủ", icon=":material/fact_check:")
screen = st.navigation(
    [
        st.Page(bare, title="Tổng quan", icon=":material/dashboard:", default=True),
        OTHER,
        *(st.Page(lambda: None, title=f"Trang {n}", icon=":material/groups:", url_path=f"p{n}") for n in range(4)),
    ]
)
with st.sidebar:
    st.markdown("**Đội Quản lý thị trường số 2, Sơn La**")
    st.caption("bench · lãnh đạo")
    st.segmented_control(
        "Ngôn ngữ · Language", ["vi", "en"], default="vi", required=True, key="language", label_visibility="collapsed"
    )
    st.button("Đăng xuất", width="stretch")
st.info("Đơn vị mẫu: mọi người ở đây đều là hư cấu.", icon=":material/science:")
screen.run()
