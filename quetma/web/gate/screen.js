"use strict";
// What was scanned stands in `queue`, also in this browser's storage, until the server has acknowledged it. Each entry has a number of
// its own, so one that is sent again after a broken answer is still one entry.

const data = JSON.parse(document.getElementById("data").textContent), texts = data.texts;
const byId = (id) => document.getElementById(id);
const say = (text, gaps = {}) => text.replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
const KEPT = "quetma-gate-" + data.store, PLACE = "quetma-gate-place-" + data.store;
const SHOWN = 12, AT_ONCE = 10, PATIENCE = 15000, RETRY = 1500, QUIET = 15000;

const storage = { // a browser may forbid it: then the queue lives as long as the page
    read(key) { try { return localStorage.getItem(key); } catch { return null; } },
    write(key, value) { try { localStorage.setItem(key, value); } catch { /* kept in memory alone */ } },
};
let queue = [];
try { queue = JSON.parse(storage.read(KEPT) || "[]"); } catch { queue = []; }
let shown = []; // newest first: what was acknowledged, refused or kept
let sending = false, down = false, signedOut = false, timer = 0;

function keep() { storage.write(KEPT, JSON.stringify(queue)); }
function number() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
}
function part(tag, name, text = "") {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.textContent = text;
    return element;
}
const clock = (ms) => new Date(ms).toTimeString().slice(0, 8);

// Numbers on identity cards, and the address, end here: zeros are kept of the one and nothing of the other.
function withoutNumbers(text) {
    const fields = text.split(/[|¦~｜│]/);
    if (fields.length < 4) return text;
    return fields.map((field, at) => {
        if (at < 2 && /\d{5}/.test(field)) return field.replace(/\d/g, "0");
        if (at < 4 || /^\s*n[aAuUữỮưƯ]/i.test(field) && field.trim().length < 6) return field;
        return "";
    }).join("|");
}
function nameIn(text) {
    const fields = text.split("|");
    return fields.length < 4 ? text : (fields.slice(0, 3).find((field) => /\p{L}{2}/u.test(field)) || "").trim();
}

// Entering --------------------------------------------------------------------------------------------------------------

function place() { return Number(byId("place").value || 0); }
function way() { return document.querySelector("input[name=way]:checked").value; }

function enter(text) {
    text = text.trim();
    if (!text) return;
    if (!place()) return refuse(texts.choose_place, text);
    if (/^\d{12}$/.test(text)) return refuse(texts.number, "");
    add({ op: "enter", text: withoutNumbers(text), location: place(), direction: way() });
}
function add(op) {
    op = { id: number(), at: Date.now(), ...op };
    queue.push(op);
    keep();
    if (op.op === "enter") show({ id: op.id, status: "wait", name: nameIn(op.text || op.name || ""), time: clock(op.at) });
    draw();
    send();
    return op.id;
}
function refuse(text, name) { show({ id: number(), status: "refused", name, text, time: clock(Date.now()) }); draw(); }
function show(line) {
    const at = shown.findIndex((one) => one.id === line.id);
    if (at >= 0) shown[at] = { ...shown[at], ...line };
    else shown.unshift(line);
    shown.length = Math.min(shown.length, SHOWN);
}
function newest() { return shown.find((line) => line.status === "done"); }
function turn(line) {
    if (!line) return;
    add({ op: "turn", entry: line.entry, of: line.id, direction: line.direction === "in" ? "out" : "in" });
}
function takeBack(line) {
    if (!line) return;
    const waiting = queue.findIndex((op) => op.id === line.id && !op.sent);
    if (waiting >= 0) { // the server has not seen it
        queue.splice(waiting, 1);
        keep();
        show({ id: line.id, status: "undone" });
        return draw();
    }
    add({ op: "undo", entry: line.entry || line.id, of: line.id });
}

// Sending ---------------------------------------------------------------------------------------------------------------

function toSend() { return queue.filter((op) => !op.asks); }

async function send() {
    clearTimeout(timer);
    if (sending || signedOut) return;
    sending = true;
    const ops = toSend().slice(0, AT_ONCE);
    for (const op of ops) op.sent = true;
    const stop = new AbortController(), patience = setTimeout(() => stop.abort(), PATIENCE);
    try {
        const body = JSON.stringify({
            location: place(),
            ops: ops.map(({ at, sent, asks, of, ...op }) => ({ ...op, age: Math.max(0, (Date.now() - at) / 1000) })),
        });
        const answer = await fetch(data.address + "/entries", {
            method: "POST", body, signal: stop.signal, headers: { "Content-Type": "application/json" }, redirect: "error",
        });
        if (answer.status === 401 || answer.status === 403) { signedOut = true; return; }
        if (!answer.ok) throw new Error(answer.status);
        const { results, here } = await answer.json();
        down = false;
        for (const result of results) settle(result);
        count(here);
    } catch {
        down = true;
    } finally {
        clearTimeout(patience);
        sending = false;
        keep();
        draw();
        const more = toSend().length > 0;
        if (!signedOut) timer = setTimeout(send, down ? RETRY : more ? 0 : QUIET);
    }
}
function settle(result) {
    const op = queue.find((one) => one.id === result.id);
    if (!op) return;
    if (result.status === "ask") {
        op.asks = { choices: result.choices, name: result.name, phone: result.phone };
        op.sent = false;
        const at = shown.findIndex((line) => line.id === op.id);
        if (at >= 0) shown.splice(at, 1);
        return;
    }
    queue.splice(queue.indexOf(op), 1);
    const id = op.of || op.id, time = result.at || clock(op.at);
    if (result.status === "done") show({ ...result, id, time });
    else if (result.status === "undone") show({ id, status: "undone" });
    else if (op.of) show({ id: number(), status: "refused", name: "", text: result.text, time });
    else show({ id, status: "refused", text: result.text, time });
}
function count(here) {
    if (!here || here.location !== place()) return;
    const line = byId("here");
    line.className = here.full;
    const many = say(here.capacity ? texts.here_of : texts.here, { n: here.people, most: here.capacity });
    line.textContent = here.full ? many + " – " + texts[here.full] : many;
}

// Drawing ---------------------------------------------------------------------------------------------------------------

function words(line) {
    if (line.status === "wait") return [texts.waiting];
    if (line.status === "refused") return [line.text];
    if (line.status === "undone") return [texts.undone];
    return [
        texts[line.kind], line.people > 1 && say(texts.people, { n: line.people }), line.host && say(texts.sees, { host: line.host }),
        line.again && texts.again,
    ].filter(Boolean);
}
const styleOf = (line) => line.status === "done" ? line.direction : line.status;
const arrow = (line) => line.status === "done" ? (line.direction === "in" ? "→ " + texts.in : "← " + texts.out) : { wait: "…", refused: "✕", undone: "↶" }[line.status];

function draw() {
    const waiting = toSend().length, net = byId("net");
    const count = waiting && (down || signedOut) ? " " + say(texts.sending, { n: waiting }) : "";
    net.className = signedOut ? "bad" : down ? "down" : "ok";
    const text = (signedOut ? texts.signed_out : down ? texts.offline : texts.online) + count;
    if (net.dataset.text !== text) {
        net.dataset.text = text;
        net.textContent = text;
        if (signedOut) {
            const link = part("a", "", texts.sign_in);
            link.href = "/sign-in?next=" + data.address;
            net.append(" ", link);
        }
    }
    const last = shown[0], box = byId("last");
    box.replaceChildren();
    if (last) {
        const ack = part("div", "ack " + styleOf(last));
        ack.dataset.status = last.status;
        ack.append(part("span", "way", arrow(last) + (last.time ? " " + last.time : "")), part("span", "name", last.name || ""));
        ack.append(part("span", "more", words(last).join(" · ")));
        box.append(ack);
    }
    const done = newest();
    byId("acts").hidden = !(last && ["done", "wait"].includes(last.status));
    byId("turn").hidden = byId("more").hidden = !(last && last.status === "done");
    if (done) byId("turn").textContent = done.direction === "in" ? texts.turn_out : texts.turn_in;
    if (!done || last !== done) closeDetails();
    byId("list_title").hidden = shown.length < 2;
    byId("list").replaceChildren(...shown.slice(1).map((line) => {
        const item = part("li", styleOf(line));
        item.append(part("time", "", line.time || ""), part("b", "", arrow(line)), part("span", "name", [line.name, ...words(line)].filter(Boolean).join(" · ")));
        if (line.status === "done") {
            const back = part("button", "", byId("undo").textContent);
            back.type = "button";
            back.setAttribute("aria-label", byId("undo").textContent + ": " + line.name);
            back.onclick = () => { takeBack(line); focus(); };
            item.append(back);
        }
        return item;
    }));
    drawAsks();
}
function drawAsks() {
    const asked = queue.filter((op) => op.asks), box = byId("asks");
    const key = asked.map((op) => op.id).join();
    if (box.dataset.key === key) return; // a form being filled in stays as it is
    box.dataset.key = key;
    box.replaceChildren(...asked.map((op) => {
        const ask = part("div", "ask");
        ask.append(part("p", "", say(texts.who, { text: op.text, time: clock(op.at) })));
        const list = part("div", "choices");
        if (!op.asks.choices.length) list.append(part("span", "", texts.nobody));
        const answer = (more) => {
            Object.assign(op, more);
            delete op.asks;
            keep();
            show({ id: op.id, status: "wait", name: more.name || more.called || "", time: clock(op.at) });
            draw();
            send();
            focus();
        };
        for (const choice of op.asks.choices) {
            const button = part("button"), label = part("span", "", choice.name);
            button.type = "button";
            label.append(part("small", "", [texts[choice.kind], choice.hint].filter(Boolean).join(" · ")));
            const direction = op.direction === "auto" ? choice.direction : op.direction;
            button.append(label, part("b", "", direction === "in" ? "→ " + texts.in : "← " + texts.out));
            button.onclick = () => answer({ person: choice.person, called: choice.name });
            list.append(button);
        }
        const fresh = byId("fresh").content.firstElementChild.cloneNode(true);
        fresh.elements.name.value = op.asks.name;
        fresh.elements.phone.value = op.asks.phone;
        fresh.onsubmit = (event) => {
            event.preventDefault();
            const { name, phone, host, from, people } = fresh.elements;
            answer({ name: name.value, phone: phone.value, host: host.value, from: from.value, people: Number(people.value) || 1 });
        };
        const open = part("button", "", texts.new), drop = part("button", "", texts.drop);
        open.type = drop.type = "button";
        fresh.hidden = op.asks.choices.length > 0;
        open.hidden = !fresh.hidden;
        open.onclick = () => { fresh.hidden = false; open.hidden = true; fresh.elements.name.focus(); };
        drop.onclick = () => { queue.splice(queue.indexOf(op), 1); keep(); draw(); focus(); };
        const below = part("div", "row");
        below.append(open, drop);
        ask.append(list, fresh, below);
        return ask;
    }));
    const first = box.querySelector(".choices button, .fresh:not([hidden]) input");
    if (first && asked.length === 1) first.focus();
}

// The page --------------------------------------------------------------------------------------------------------------

const field = byId("field"), touch = matchMedia("(pointer: coarse)").matches;
function focus() { if (!touch) field.focus(); }
byId("scan").onsubmit = (event) => {
    event.preventDefault();
    const text = field.value;
    field.value = "";
    enter(text);
    focus();
};
field.addEventListener("keydown", (event) => { // some scanners end with Tab
    if (event.key === "Tab" && (field.value.split("|").length > 3 || /^\d{20,}$/.test(field.value))) {
        event.preventDefault();
        byId("scan").requestSubmit();
    }
});
document.addEventListener("keydown", (event) => {
    if (event.key === "F8") { event.preventDefault(); turn(newest()); }
    else if (event.key === "F9") { event.preventDefault(); takeBack(shown[0]); }
    else if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey) {
        // A scanner types wherever the focus is; what is typed beside a field is meant for the field.
        const at = document.activeElement;
        const typing = at && (/^(SELECT|TEXTAREA)$/.test(at.tagName) || at.tagName === "INPUT" && !/^(radio|file)$/.test(at.type));
        if (!typing && !(event.key === " " && /^(BUTTON|INPUT|A)$/.test(at.tagName))) field.focus();
    }
});
document.addEventListener("click", (event) => {
    if (!event.target.closest("button, input, select, a, label, form")) focus();
});
byId("place").onchange = () => { storage.write(PLACE, String(place())); byId("here").textContent = ""; send(); focus(); };
document.querySelectorAll("input[name=way]").forEach((radio) => radio.addEventListener("click", (event) => { if (event.detail) focus(); }));
byId("turn").onclick = () => { turn(newest()); focus(); };
byId("undo").onclick = () => { takeBack(shown[0]); focus(); };
function closeDetails() { byId("details").hidden = true; byId("more").setAttribute("aria-expanded", "false"); }
byId("more").onclick = () => {
    const form = byId("details"), line = newest();
    form.hidden = !form.hidden;
    byId("more").setAttribute("aria-expanded", String(!form.hidden));
    if (form.hidden) return focus();
    form.elements.host.value = line.host || "";
    form.elements.people.value = line.people;
    form.elements.host.focus();
};
byId("details").onsubmit = (event) => {
    event.preventDefault();
    const line = newest(), { host, from, people } = byId("details").elements;
    closeDetails();
    add({ op: "amend", entry: line.entry, of: line.id, host: host.value, from: from.value, people: Number(people.value) || 1 });
    focus();
};
byId("camera").onchange = async (event) => {
    const file = event.target.files[0];
    event.target.value = "";
    if (!file) return;
    const id = number();
    show({ id, status: "wait", name: texts.reading, time: clock(Date.now()) });
    draw();
    try {
        const answer = await fetch(data.address + "/photo", { method: "POST", body: await smaller(file) });
        shown = shown.filter((line) => line.id !== id);
        if (answer.ok) enter((await answer.json()).text);
        else refuse(await answer.text(), "");
    } catch {
        shown = shown.filter((line) => line.id !== id);
        refuse(texts.no_camera, "");
    }
};
async function smaller(file) { // a photograph of a phone is ten times what a code needs
    try {
        const picture = await createImageBitmap(file), scale = Math.min(1, 1800 / Math.max(picture.width, picture.height));
        const canvas = document.createElement("canvas");
        canvas.width = picture.width * scale;
        canvas.height = picture.height * scale;
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        return await new Promise((done) => canvas.toBlob((blob) => done(blob || file), "image/jpeg", 0.9));
    } catch { return file; }
}
window.addEventListener("offline", () => { down = true; draw(); });
window.addEventListener("online", send);
window.addEventListener("beforeunload", (event) => { if (toSend().length) event.preventDefault(); });

const before = storage.read(PLACE);
if (before && data.places.some((one) => String(one.id) === before)) byId("place").value = before;
for (const op of queue) op.sent = false;
if (!data.places.length) refuse(texts.no_place, "");
draw();
focus();
send();
