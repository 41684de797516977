"""The floor's server: Streamlit warmed up and frozen as dashboard.py does it, and nothing else."""

import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import plotly.graph_objects  # noqa: F401
import polars  # noqa: F401
import streamlit as st


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncGenerator[None]:
    """What is loaded is taken out of the garbage collector's sight."""
    gc.collect()
    gc.freeze()
    yield


app = st.App("page.py", lifespan=lifespan)
