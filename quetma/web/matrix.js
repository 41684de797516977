const safe = (text) => String(text).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const drawn = new WeakMap();
const SCREEN = 40; // rows: more than anybody sees at once
export default function ({ data, parentElement, setTriggerValue }) {
    const frame = parentElement.querySelector(".frame");
    const told = JSON.stringify(data);
    frame.onclick = (event) => {
        const row = event.target.closest("tbody tr");
        if (row) setTriggerValue("person", Number(row.dataset.at));
    };
    if (drawn.get(frame) === told) return;
    drawn.set(frame, told);
    frame.setAttribute("aria-label", data.title);
    const cells = { " ": "<td></td>" };
    for (const [letter, [sign, colour, words]] of Object.entries(data.signs))
        cells[letter] = `<td class="${colour}" title="${safe(words)}">${sign}</td>`;
    const heads = data.days.map(([day, weekday, holiday]) =>
        `<th scope="col"${holiday ? ` class="off" title="${safe(holiday)}"` : ""}>${weekday}<br>${day}</th>`);
    const rows = data.rows.map(([name, missed, letters], at) =>
        `<tr data-at="${at}"><th scope="row" title="${safe(name)}"><button type="button">${safe(name)}</button></th>` +
        `<td>${missed}</td>${Array.from(letters, (letter) => cells[letter]).join("")}</tr>`);
    frame.innerHTML = `<table aria-label="${safe(data.title)}"><thead><tr><th scope="col">${safe(data.name)}</th>` +
        `<th scope="col">${safe(data.missed)}</th>${heads.join("")}</tr></thead>` +
        `<tbody>${rows.slice(0, SCREEN).join("")}</tbody></table>`;
    frame.scrollLeft = frame.scrollWidth; // the newest days
    const later = () => { // what is seen is painted first: to lay all out takes ten times as long
        if (drawn.get(frame) === told) frame.querySelector("tbody").insertAdjacentHTML("beforeend", rows.slice(SCREEN).join(""));
    };
    if (rows.length > SCREEN) requestAnimationFrame(() => setTimeout(later));
}
