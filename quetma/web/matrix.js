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
    const cells = { " ": `<td role="cell"></td>` };
    for (const [letter, [sign, colour, words]] of Object.entries(data.signs))
        cells[letter] = `<td role="cell" class="${colour}" title="${safe(words)}">${sign}</td>`;
    const heads = data.days.map(([day, weekday, holiday]) =>
        `<th scope="col" role="columnheader"${holiday ? ` class="off" title="${safe(holiday)}"` : ""}>${weekday}<br>${day}</th>`);
    const rows = data.rows.map(([name, missed, letters], at) =>
        `<tr role="row" data-at="${at}"><th scope="row" role="rowheader" title="${safe(name)}"><button type="button">${safe(name)}</button></th>` +
        `<td role="cell">${missed}</td>${Array.from(letters, (letter) => cells[letter]).join("")}</tr>`);
    // Roles, as matrix.css makes blocks of all of it.
    frame.innerHTML = `<table role="table" aria-label="${safe(data.title)}" style="--days: ${heads.length}">` +
        `<thead role="rowgroup"><tr role="row"><th scope="col" role="columnheader">${safe(data.name)}</th>` +
        `<th scope="col" role="columnheader">${safe(data.missed)}</th>${heads.join("")}</tr></thead>` +
        `<tbody role="rowgroup">${rows.slice(0, SCREEN).join("")}</tbody></table>`;
    frame.scrollLeft = frame.scrollWidth; // the newest days
    const others = () => {
        if (drawn.get(frame) === told) frame.querySelector("tbody").insertAdjacentHTML("beforeend", rows.slice(SCREEN).join(""));
    };
    if (rows.length > SCREEN) requestAnimationFrame(() => setTimeout(others)); // what is seen is painted first
}
