"""Links to files that may take a while to make: how far each is, with a way to stop it, and then the file itself.

What is on its way belongs to the tab, not to the page that began it: it goes on while other pages are looked at.
"""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from quetma.web.page import Page


class Link(NamedTuple):
    """What is written on it, the address (`downloads.offer`), the file's name."""

    label: str
    address: str
    file_name: str


def links(here: Page, offered: Sequence[Link], key: str) -> None:
    """The links side by side; below them what is being made."""
    t = here.t
    data = {
        "links": [link._asdict() for link in offered],
        "waiting": t("waiting for its turn"),
        "finishing": t("almost ready"),
        "broken": t("The connection broke off. Nothing was kept of this file. Export it again."),
        "stop": t("Stop"),
        "dismiss": t("Close"),
        "leave": t("You may look at other pages meanwhile; the file comes by itself. Keep this tab open."),
    }
    _links(data=data, key=key)


_links = st.components.v2.component(
    "quetma_exporter",
    html="""
        <div class="links"></div>
        <ul aria-live="polite"></ul>
        <p class="leave"></p>
    """,
    css="""
        .links { display: flex; flex-wrap: wrap; gap: 0.75rem; }
        .links a, button {
            padding: 0.4rem 0.9rem; font: inherit; color: var(--st-text-color); cursor: pointer; text-decoration: none;
            background: var(--st-background-color); border: 1px solid var(--st-border-color);
            border-radius: var(--st-button-radius);
        }
        .links a::before { content: "↓"; margin-inline-end: 0.5em; }
        .links a:is(:hover, :focus-visible), button:is(:hover, :focus-visible) {
            color: var(--st-link-color); border-color: var(--st-link-color);
        }
        ul { list-style: none; margin: 0; padding: 0; color: var(--st-text-color); }
        li { display: flex; flex-wrap: wrap; align-items: center; gap: 0.75rem; padding: 0.75rem 0 0; }
        li .name { font-weight: 600; overflow-wrap: anywhere; }
        progress { flex: 1 1 8rem; min-width: 6rem; height: 0.6rem; accent-color: var(--st-primary-color); }
        .why { flex: 1 1 100%; }
        .leave { margin: 0.5rem 0 0; font-size: 0.875em; color: var(--st-text-color); }
        .leave:empty { display: none; }
    """,
    js="""
        const EVERY = 500; // milliseconds between two questions of how far a file is
        const made = (window.quetmaExports ??= { files: [], draw: () => {} });

        function leaving(event) { event.preventDefault(); }

        function changed() {
            const busy = made.files.some((file) => !file.why);
            window[busy ? "addEventListener" : "removeEventListener"]("beforeunload", leaving);
            made.draw();
        }

        function gone(file) {
            if (made.files.includes(file)) made.files.splice(made.files.indexOf(file), 1);
            changed();
        }

        function save(file) {
            gone(file); // first, or the browser asks whether to leave
            const link = document.createElement("a");
            link.href = file.address;
            link.download = file.file_name;
            document.body.append(link);
            link.click();
            link.remove();
        }

        async function make(file) {
            made.files.push(file);
            changed();
            try {
                let answer = await fetch(file.address, { method: "POST" });
                while (made.files.includes(file)) {
                    if (!answer.ok) throw new Error(answer.headers.get("content-type").startsWith("text/plain")
                        ? await answer.text() : file.texts.broken);
                    const told = await answer.json();
                    if (told.state === "ready") return save(file);
                    if (told.state === "stopped") return gone(file);
                    Object.assign(file, told);
                    file.moved();
                    await new Promise((go) => setTimeout(go, EVERY));
                    answer = await fetch(file.address + "/progress");
                }
            } catch (error) {
                file.why = error instanceof TypeError ? file.texts.broken : error.message;
                changed();
            }
        }

        function stop(file) {
            if (!file.why) fetch(file.address, { method: "DELETE" });
            gone(file);
        }

        function line(file) {
            const part = (tag, name, text = "") => {
                const element = document.createElement(tag);
                element.className = name;
                element.textContent = text;
                return element;
            };
            const shown = document.createElement("li");
            shown.append(part("span", "name", file.file_name));
            if (file.why) shown.append(part("span", "why", file.why));
            else {
                const bar = part("progress", "share"), said = part("span", "said");
                bar.setAttribute("aria-label", file.file_name);
                file.moved = () => {
                    if (file.share > 0) bar.value = file.share;
                    said.textContent = file.state === "waiting" ? file.texts.waiting
                        : file.share >= 1 ? file.texts.finishing : Math.floor(file.share * 100) + "%";
                };
                file.moved();
                shown.append(bar, said);
            }
            const button = part("button", "stop", file.why ? file.texts.dismiss : file.texts.stop);
            button.onclick = () => stop(file);
            shown.append(button);
            return shown;
        }

        export default function ({ data, parentElement }) {
            const list = parentElement.querySelector("ul"), leave = parentElement.querySelector(".leave");
            parentElement.querySelector(".links").replaceChildren(...data.links.map((link) => {
                const shown = document.createElement("a");
                shown.href = link.address;
                shown.download = link.file_name;
                shown.textContent = link.label;
                shown.onclick = (event) => {
                    event.preventDefault();
                    make({ ...link, texts: data, state: "making", share: 0, why: "", moved: () => {} });
                };
                return shown;
            }));
            made.draw = () => {
                list.replaceChildren(...made.files.map(line));
                leave.textContent = made.files.some((file) => !file.why) ? data.leave : "";
            };
            made.draw();
            return () => { made.draw = () => {}; };
        }
    """,
)
