"""Files that come in through the browser: sent piece by piece straight onto the desk's disk, never held in memory.

Streamlit's own uploader keeps a file and copies of it in memory for as long as its tab lives, speaks English only, and
forgets a file that is on its way when another page is opened. This one goes on.
"""

from typing import Any
from urllib.parse import unquote

import anyio
import streamlit as st
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from quetma import settings
from quetma.intake import IntakeError
from quetma.intake.desk import desk_of
from quetma.intake.incoming import too_large
from quetma.web import wall
from quetma.web.page import Page

ADDRESS = "/incoming"  # of the route; quetma/web/wall.py says who may
PIECE = 1 << 20  # bytes gathered before they are written


async def receive(request: Request) -> Response:
    """POST `/incoming` with the file as its body: the id of the item on the desk, or why there is none.

    Its name stands in the header X-File-Name, percent-encoded: files are called after people, and servers on the way
    write addresses into their logs.
    """
    session = wall.signed_in(request)
    assert session  # the wall lets nobody else come so far
    in_thread = anyio.to_thread.run_sync  # writing may wait for the disk; the pages must not
    name = unquote(request.headers.get("x-file-name", ""))
    file = None
    try:
        file = await in_thread(lambda: desk_of(session.store).begin(name, session.account))
        piece = bytearray()
        async for some in request.stream():
            piece += some
            if len(piece) >= PIECE:
                await in_thread(file.write, bytes(piece))
                piece.clear()
        await in_thread(file.write, bytes(piece))
        await in_thread(file.finish)
        return JSONResponse({"id": file.id}, 201)
    except IntakeError as error:
        return PlainTextResponse(error.words(wall.spoken(request)), 422)
    except ClientDisconnect:
        return Response(status_code=400)
    finally:
        if file:
            with anyio.CancelScope(shield=True):
                await in_thread(file.clear)


ROUTE = Route(ADDRESS, receive, methods=["POST"])


def uploader(here: Page, key: str = "uploader") -> str | None:
    """The frame to drop files into. In the run after a file has arrived: the id of its item on the desk.

    Files are sent one after the other. What is on its way goes on when another page is opened in the same tab.
    """
    t = here.t
    limit = settings.get(here.store, "upload_limit_mb")
    data = {
        "address": ADDRESS,
        "bytes": limit << 20,
        "too_large": too_large(limit).words(t),
        "choose": t("Choose files"),
        "drop": t("or drag them into this frame"),
        "limit": t("At most {n} MB a file", n=here.number(limit)),
        "waiting": t("waiting to be sent"),
        "broken": t("The connection broke off. Nothing was kept of this file. Send it again."),
        "stop": t("Do not send"),
        "dismiss": t("Close"),
    }
    shown: Any = _frame(data=data, key=key, on_received_change=lambda: None)
    return shown.received


_frame = st.components.v2.component(
    "quetma_uploader",
    html="""
        <div class="frame">
            <input type="file" multiple hidden>
            <button type="button" class="choose"></button>
            <span class="drop"></span>
            <span class="limit"></span>
        </div>
        <ul aria-live="polite"></ul>
    """,
    css="""
        .frame {
            display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem; padding: 1rem;
            border: 2px dashed var(--st-border-color); border-radius: var(--st-base-radius);
            background: var(--st-secondary-background-color); color: var(--st-text-color); font: inherit;
        }
        .frame.over { border-color: var(--st-primary-color); }
        .limit { margin-inline-start: auto; font-size: 0.875em; }
        button {
            padding: 0.4rem 0.9rem; font: inherit; color: var(--st-text-color); cursor: pointer;
            background: var(--st-background-color); border: 1px solid var(--st-border-color);
            border-radius: var(--st-button-radius);
        }
        button:hover, button:focus-visible { color: var(--st-link-color); border-color: var(--st-link-color); }
        ul { list-style: none; margin: 0; padding: 0; color: var(--st-text-color); }
        li { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem; padding: 0.5rem 0 0; }
        li .name { font-weight: 600; overflow-wrap: anywhere; }
        progress { flex: 1 1 8rem; min-width: 6rem; height: 0.6rem; accent-color: var(--st-primary-color); }
        .why { flex: 1 1 100%; }
    """,
    js="""
        // What is on its way belongs to the tab, not to the page that began it. One file is sent at a time.
        const sending = (window.quetmaSending ??= { files: [], draw: () => {}, arrived: () => {} });

        function leaving(event) { event.preventDefault(); }

        function next() {
            const busy = sending.files.some((file) => file.request);
            const file = sending.files.find((file) => !file.request && !file.why);
            if (!busy && !file) window.removeEventListener("beforeunload", leaving);
            if (busy || !file) return sending.draw();
            window.addEventListener("beforeunload", leaving);
            const request = (file.request = new XMLHttpRequest());
            const ended = (why) => {
                file.request = null;
                file.why = why;
                if (!why) sending.files.splice(sending.files.indexOf(file), 1);
                next();
            };
            request.upload.onprogress = (event) => { file.share = event.loaded / file.size; file.moved(); };
            request.onload = () => {
                if (request.status !== 201) return ended(request.responseText || file.texts.broken);
                ended("");
                sending.arrived(JSON.parse(request.responseText).id);
            };
            request.onerror = () => ended(file.texts.broken);
            request.onabort = () => ended("");
            request.open("POST", file.texts.address);
            request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
            request.setRequestHeader("Content-Type", "application/octet-stream");
            request.send(file.content);
            sending.draw();
        }

        function add(contents, texts) {
            for (const content of contents) {
                const why = content.size > texts.bytes ? texts.too_large : "";
                const { name, size } = content;
                sending.files.push({ name, size: size || 1, share: 0, moved: () => {}, why, content, texts });
            }
            next();
        }

        function line(file, texts) {
            const part = (tag, name, text = "") => {
                const element = document.createElement(tag);
                element.className = name;
                element.textContent = text;
                return element;
            };
            const shown = document.createElement("li");
            shown.append(part("span", "name", file.name));
            if (file.request) {
                const bar = part("progress", "share"), percent = part("span", "percent");
                bar.setAttribute("aria-label", file.name);
                percent.setAttribute("aria-hidden", "true"); // the bar says it already
                file.moved = () => {
                    bar.value = file.share;
                    percent.textContent = Math.floor(file.share * 100) + "%";
                };
                file.moved();
                shown.append(bar, percent);
            } else shown.append(part("span", file.why ? "why" : "waits", file.why || texts.waiting));
            const stop = part("button", "stop", file.why ? texts.dismiss : texts.stop);
            stop.onclick = () => {
                if (file.request) return file.request.abort();
                sending.files.splice(sending.files.indexOf(file), 1);
                next();
            };
            shown.append(stop);
            return shown;
        }

        export default function ({ data, parentElement, setTriggerValue }) {
            const frame = parentElement.querySelector(".frame");
            const input = parentElement.querySelector("input");
            const button = parentElement.querySelector(".choose");
            const list = parentElement.querySelector("ul");
            button.textContent = data.choose;
            parentElement.querySelector(".drop").textContent = data.drop;
            parentElement.querySelector(".limit").textContent = data.limit;
            button.onclick = () => input.click();
            input.onchange = () => { add([...input.files], data); input.value = ""; };
            frame.ondragover = (event) => { event.preventDefault(); frame.classList.add("over"); };
            frame.ondragleave = () => frame.classList.remove("over");
            frame.ondrop = (event) => {
                event.preventDefault();
                frame.classList.remove("over");
                add([...event.dataTransfer.files], data);
            };
            sending.draw = () => list.replaceChildren(...sending.files.map((file) => line(file, data)));
            sending.arrived = (id) => setTriggerValue("received", id);
            sending.draw();
            return () => { sending.draw = () => {}; sending.arrived = () => {}; };
        }
    """,
)
