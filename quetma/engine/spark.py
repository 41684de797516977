"""The engine beyond one machine: a Spark Connect server, that is Apache Spark or Sail, which reads the lake.

Questions are the same files in `queries/`. A server that does not answer is said so at once, not tried for minutes.
"""

import re
import sys
import warnings
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

import grpc
import polars as pl

from quetma.store import query

# pyspark takes a program that has no file (`python -c`, a worker of pytest) for its own doctests, and ends it.
_program = sys.modules["__main__"]
_program.__dict__.setdefault("__file__", "-c")
with warnings.catch_warnings():
    warnings.simplefilter("ignore", FutureWarning)  # of pandas, which is not used here
    from pyspark.errors import PySparkException
    from pyspark.sql.column import Column
    from pyspark.sql.connect import functions, plan
    from pyspark.sql.connect.client import DefaultChannelBuilder
    from pyspark.sql.connect.client.retries import DefaultPolicy
    from pyspark.sql.connect.session import SparkSession
    from pyspark.sql.pandas.types import from_arrow_schema

# Timestamps are naive here, as they are in the store; nothing is moved to another zone on the way.
SETTINGS = {"spark.sql.session.timeZone": "UTC", "spark.sql.timestampType": "TIMESTAMP_NTZ"}
# Else a new connection waits, for minutes after a long absence, because an earlier one to the same address had failed.
CHANNEL = [("grpc.use_local_subchannel_pool", 1)]
ONCE = 1  # times that a call is tried again before the server counts as away
SHORT, LONG = 10.0, 60.0  # seconds that a server may take to say hello, and to answer


class Away(Exception):
    """The server does not answer, or not any more."""


class _Deadline(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    """Ends a call to a server that took it and says nothing: a machine that hangs, a network that swallows."""

    def intercept_unary_unary(self, continuation, client_call_details, request):
        return continuation(client_call_details._replace(timeout=SHORT), request)

    def intercept_unary_stream(self, continuation, client_call_details, request):
        return continuation(client_call_details._replace(timeout=LONG), request)


class Session:
    """One published state as the server sees it: a view of each table, in the version that was published."""

    def __init__(self, address: str, tables: Mapping[str, tuple[str, int]]) -> None:
        try:
            channel = DefaultChannelBuilder(address, CHANNEL)
            channel.add_interceptor(_Deadline())
            self._spark = SparkSession.builder.channelBuilder(channel).create()
            self._spark.client.set_retry_policies([DefaultPolicy(max_retries=ONCE, max_backoff=200)])
            for key, value in SETTINGS.items():
                self._spark.conf.set(key, value)
            for name, (path, version) in tables.items():
                reader = self._spark.read.format("delta").option("versionAsOf", str(version))
                reader.load(path).createOrReplaceTempView(name)
        except (PySparkException, grpc.RpcError, OSError) as error:
            raise Away(_told(error)) from error

    def ask(self, name: str, params: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """The answer of the named query. `tables`: frames that it reads by name. Raises `Away`."""
        views = [plan.SubqueryAlias(_relation(frame), table) for table, frame in tables.items()]
        asked = plan.SQL(_text(name), None, {key: _literal(value) for key, value in params.items()}, views)
        client = self._spark.client
        try:
            answer, *_ = client.to_table(asked.to_proto(client), {})
        except (PySparkException, grpc.RpcError) as error:
            raise Away(_told(error)) from error
        return pl.DataFrame(answer)

    def close(self) -> None:
        """Lets the server forget it."""
        try:
            self._spark.client.close()
        except (PySparkException, grpc.RpcError):
            return  # it has, then


@cache
def _text(name: str) -> str:
    """The query with its parameters as Spark writes them; between two `$` Sail would see a text."""
    body = re.sub(r"--[^\n]*", "", query(name)[0])
    body = body.replace("AS NOT MATERIALIZED", "AS")  # a hint that DuckDB alone takes
    return re.sub(r"\$([a-z_][a-z0-9_]*)", r":\1", body)


def _literal(value: Any) -> Column:
    """A bind. A moment goes as text: as a value Spark's client would move it by the zone of this machine."""
    if isinstance(value, datetime):
        return functions.lit(value.isoformat(sep=" ")).cast("timestamp_ntz")
    if isinstance(value, list):
        inner = {str: "string", int: "bigint", date: "date"}[type(value[0]) if value else int]
        return functions.lit(value).cast(f"array<{inner}>")
    return functions.lit(value)


def _relation(frame: pl.DataFrame) -> plan.LocalRelation:
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
    return plan.LocalRelation(table, from_arrow_schema(table.schema, prefer_timestamp_ntz=True).json())


def _told(error: Exception) -> str:
    """What went wrong, in one line: what the server said of it, when it said anything."""
    said = re.search(r'details = "([^"]+)"', str(error))
    told = said[1] if said else str(error) or type(error).__name__
    return told.strip().splitlines()[0][:300].rstrip(".") + "."
