"""`/healthz`, for probes: anybody may ask, and hears nothing but that all is well, or not."""

import anyio
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from quetma import health
from quetma.store import configured_folder, open_store

LONGEST = 2.0  # seconds within which the store answers
_asking = anyio.CapacityLimiter(1)  # however many ask, the store is asked by one


async def healthz(_request: Request) -> PlainTextResponse:
    """200 `ok`, or 503 `not ok`."""
    well = False
    with anyio.move_on_after(LONGEST):
        well = await anyio.to_thread.run_sync(_look, abandon_on_cancel=True, limiter=_asking)
    return PlainTextResponse("ok\n" if well else "not ok\n", 200 if well else 503)


def _look() -> bool:
    return health.answers(open_store(configured_folder()))


ROUTES = [Route("/healthz", healthz)]
