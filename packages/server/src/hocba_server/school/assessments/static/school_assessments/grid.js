// The entry grid of one class and sheet. The table comes from the server; this file gives it a
// keyboard, the clipboard, undo, autosave, and one pupil at a time on a phone.

import { formatTable, parseTable } from "./clipboard.js";
import { Editor } from "./editor.js";
import { fillDialog } from "./filling.js";
import { warnOfSameText } from "./same_text.js";
import { Saving } from "./saving.js";
import { Selection } from "./selection.js";
import { Sheet, key, levelFor, levelOfKey, shown } from "./sheet.js";
import { WORDS } from "./words.js";

const table = document.getElementById("grid");
if (table) start(JSON.parse(document.getElementById("grid-setup").textContent));

function start(setup) {
  const words = WORDS[document.documentElement.lang] ?? WORDS.vi;
  const lines = [...table.tBodies[0].rows];
  const sheet = new Sheet(lines.map((line) => rowOf(line, setup.readonly)), setup.columns);
  const cells = new Map();
  for (const line of lines) for (const cell of line.querySelectorAll(".cell")) cells.set(key(Number(line.dataset.e), cell.dataset.f), cell);
  const page = { setup, words, sheet, lines, cells, table };
  const selection = new Selection(lines, setup.columns);
  page.selection = selection;
  page.editor = new Editor({ suggest: suggester(setup), words });
  page.saving = new Saving({
    sheet,
    setup,
    address: location.pathname,
    token: document.querySelector("#grid-token input").value,
    onState: (state, about) => sayState(page, state, about),
    onOutcomes: (answer, open) => showOutcomes(page, answer, open),
  });
  page.repaint = (id, field) => repaint(page, id, field);
  page.apply = (changes) => apply(page, changes);
  for (const cell of table.querySelectorAll(".cell--text")) write(cell, cell.textContent, "text");
  listen(page);
  document.getElementById("grid-actions").hidden = false;
  if (!setup.readonly) restore(page);
  warnOfSameText(page);
  selection.to(0, 0, { focus: false });
  goToNamedCell(selection);
  setInterval(() => document.visibilityState === "visible" && takeNews(page), 20000);
}

/** Other pages lead to a cell: `#o-<row>-<column>`. */
function goToNamedCell(selection) {
  const named = /^#o-(\d+)-(\w+)$/.exec(location.hash);
  if (named) selection.toCell(Number(named[1]), named[2]);
}

function rowOf(line, readonly) {
  const values = new Map([...line.querySelectorAll(".cell")].map((cell) => [cell.dataset.f, cell.dataset.value]));
  const shut = new Set([...line.querySelectorAll(".cell[data-locked]")].map((cell) => cell.dataset.f));
  return { id: Number(line.dataset.e), values, locked: readonly || "locked" in line.dataset, shut };
}

function suggester(setup) {
  const ask = async ({ group, level, query }) => {
    const about = /^\d+$/.test(group) ? { mon: group } : { nhom: group };
    const address = new URLSearchParams({ ...about, muc: level ?? "", khoi: String(setup.grade), q: query ?? "" });
    try {
      const response = await fetch(`/truong/nhan-xet/goi-y?${address}`, { credentials: "same-origin" });
      if (!response.ok || response.redirected) return [];
      return (await response.json()).phrases ?? [];
    } catch {
      return [];
    }
  };
  ask.used = (phrase) => {
    const body = new URLSearchParams({ id: phrase.id });
    const token = document.querySelector("#grid-token input").value;
    fetch("/truong/nhan-xet/dung", { method: "POST", body, headers: { "X-CSRFToken": token }, credentials: "same-origin" }).catch(() => {});
  };
  return ask;
}

// --- painting -----------------------------------------------------------------------------------

function repaint(page, id, field) {
  const cell = page.cells.get(key(id, field));
  if (!cell || cell.classList.contains("cell--open")) return;
  const column = page.sheet.kinds.get(field);
  const value = page.sheet.value(id, field);
  write(cell, shown(value, column.kind), column.kind);
  cell.dataset.value = value;
  cell.classList.toggle("cell--dirty", page.sheet.isDirty(id, field));
}

/** Long comments show three lines until they are edited, so that a row stays a row. */
function write(cell, text, kind) {
  if (kind !== "text") cell.textContent = text;
  else cell.replaceChildren(span("cell-words", text));
}

function apply(page, changes) {
  const step = page.sheet.change(changes);
  afterStep(page, step);
  return step.length;
}

function afterStep(page, step) {
  sayLeftOver(page, { rows: 0, columns: 0 });
  for (const { id, field } of step) {
    repaint(page, id, field);
  }
  for (const [name, list] of [["undo", page.sheet.undoable], ["redo", page.sheet.redoable]]) {
    const button = document.querySelector(`[data-do="${name}"]`);
    if (button) button.disabled = !list.length;
  }
  if (!step.length) return;
  page.saving.soon();
  warnOfSameText(page);
  showConflicts(page, page.saving.unsettled());
}

function sayState(page, state, { count = 0, sentence = "" }) {
  const line = document.getElementById("save-state");
  const time = new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
  line.textContent = page.words.states[state]({ count, sentence, time });
  line.dataset.state = state;
}

function showOutcomes(page, answer, open) {
  for (const outcome of answer.outcomes) repaint(page, outcome.e, outcome.f);
  for (const [id, warnings] of Object.entries(answer.warnings)) {
    const line = page.lines.find((each) => each.dataset.e === id);
    line?.querySelector(".warnings").replaceChildren(...warnings.map((text) => span("state state--waiting", `… ${text}`)));
  }
  for (const [id, result] of Object.entries(answer.results)) {
    const line = page.lines.find((each) => each.dataset.e === id);
    if (line) line.querySelector(".result").textContent = result || page.words.noResult;
  }
  showConflicts(page, open);
}

function showConflicts(page, open) {
  const box = document.getElementById("conflicts");
  for (const cell of table.querySelectorAll(".cell--wrong")) cell.classList.remove("cell--wrong");
  for (const outcome of open) page.cells.get(key(outcome.e, outcome.f))?.classList.add("cell--wrong");
  box.replaceChildren(...open.map((outcome) => conflictLine(page, outcome)));
  box.hidden = !open.length;
}

function conflictLine(page, outcome) {
  const line = page.lines.find((each) => Number(each.dataset.e) === outcome.e);
  const name = line?.querySelector("th").firstChild.textContent.trim() ?? "";
  const title = page.sheet.kinds.get(outcome.f)?.title ?? "";
  const item = document.createElement("p");
  item.className = outcome.state === "conflict" ? "notice notice--warning" : "notice notice--danger";
  item.append(`${outcome.state === "conflict" ? "…" : "✗"} ${name}, ${title}: ${outcome.sentence} `);
  const done = () => showConflicts(page, page.saving.unsettled());
  if (outcome.state === "conflict") {
    const mine = page.sheet.value(outcome.e, outcome.f);
    item.append(
      button(page.words.keepMine(mine), () => { page.saving.insist(outcome.e, outcome.f); done(); }),
      " ",
      button(page.words.takeTheirs(outcome.value), () => { page.apply([{ id: outcome.e, field: outcome.f, value: outcome.value }]); done(); }),
    );
  } else {
    item.append(button(page.words.goThere, () => { page.selection.toCell(outcome.e, outcome.f); edit(page); }));
  }
  return item;
}

function span(className, text) {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return made;
}

function button(text, work) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button button--small";
  made.textContent = text;
  made.addEventListener("click", work);
  return made;
}

// --- work on the sheet ----------------------------------------------------------------------------

/** What the server keeps may have changed since: the old value goes along, so that it is a conflict. */
function restore(page) {
  const found = page.saving.restore();
  if (!found.length) return;
  for (const { id, field, old, value } of found) {
    const open = page.sheet.kinds.has(field) && !page.sheet.isLocked(id, field);
    if (open && typeof old === "string" && page.sheet.value(id, field) !== value) page.sheet.kept.set(key(id, field), old);
  }
  const count = page.apply(found.map(({ id, field, value }) => ({ id, field, value })));
  if (count) sayState(page, "restored", { count });
}

/** Values of colleagues appear, except where this person types: there the server finds a conflict. */
async function takeNews(page) {
  for (const change of await page.saving.news()) {
    const cell = page.cells.get(key(change.e, change.f));
    if (!cell || cell.classList.contains("cell--open") || page.sheet.isDirty(change.e, change.f)) continue;
    page.sheet.accept(change.e, change.f, change.value, page.sheet.value(change.e, change.f));
    repaint(page, change.e, change.f);
  }
}

function onPhone() {
  return matchMedia("(max-width: 40rem)").matches;
}

function edit(page, first = null) {
  const { selection, sheet, setup, editor } = page;
  const place = selection.place();
  if (!place || setup.readonly || sheet.isLocked(place.id, place.field)) return;
  const column = sheet.kinds.get(place.field);
  const cell = page.cells.get(key(place.id, place.field));
  editor.open(cell, column, {
    value: first ?? sheet.value(place.id, place.field),
    typed: first !== null,
    given: cell.parentElement.dataset.given,
    level: levelFor(page, place.id, column),
    onTyped: (value) => page.saving.keepDraft({ ...place, value }),
    onDone: (value, move) => {
      page.saving.keepDraft(null);
      if (value !== null) page.apply([{ id: place.id, field: place.field, value }]);
      repaint(page, place.id, place.field);
      // On a phone the table is one pupil: the next cell is the next line of the same pupil.
      if (move) selection.step(move === "down" && onPhone() ? "right" : move);
      else if (value === null) selection.focus();
    },
  });
}

function fillDown(page) {
  const { rows, fields } = page.selection.range();
  if (!rows.length) return;
  const [top, ...below] = rows.length > 1 ? rows : page.selection.fromHereDown();
  page.apply(below.flatMap((id) => fields.map((field) => ({ id, field, value: page.sheet.value(top, field) }))));
}

function paste(page, text) {
  const block = parseTable(text);
  const width = Math.max(0, ...block.map((line) => line.length));
  const { rows, fields } = page.selection.range();
  // A line that is shorter than the others says nothing about the cells it does not reach.
  const targets = block.length === 1 && width === 1
    ? rows.flatMap((id) => fields.map((field) => ({ id, field, value: block[0][0] })))
    : page.selection.blockFrom(block.length, width)
      .filter(({ row, column }) => column < block[row].length)
      .map(({ id, field, row, column }) => ({ id, field, value: block[row][column] }));
  const cells = targets.map((cell) => ({ ...cell, value: levelWord(cell.value, page.sheet.kinds.get(cell.field).kind) }));
  const changed = page.apply(cells);
  sayState(page, "pasted", { count: changed });
  if (changed) page.saving.soon();
  sayLeftOver(page, page.selection.leftOver(block.length, width));
}

/** What of a pasted block fell outside the table stays said until the next change. */
function sayLeftOver(page, { rows, columns }) {
  const box = document.getElementById("left-over");
  box.textContent = rows || columns ? `… ${page.words.leftOver(rows, columns)}` : "";
  box.hidden = !box.textContent;
}

// Schools' files hold the words as often as the letters.
const WORDS_OF_LEVELS = {
  subject_level: { "hoàn thành tốt": "T", "hoàn thành": "H", "chưa hoàn thành": "C", "miễn học": "M" },
  trait_level: { "tốt": "T", "đạt": "Đ", "cần cố gắng": "C" },
};

function levelWord(value, kind) {
  return WORDS_OF_LEVELS[kind]?.[value.normalize("NFC").trim().toLowerCase()] ?? value;
}

function copy(page) {
  const { rows, fields } = page.selection.range();
  return formatTable(rows.map((id) => fields.map((field) => shown(page.sheet.value(id, field), page.sheet.kinds.get(field).kind))));
}

function clear(page) {
  const { rows, fields } = page.selection.range();
  page.apply(rows.flatMap((id) => fields.map((field) => ({ id, field, value: "" }))));
}

async function showHistory(page) {
  const place = page.selection.place();
  if (!place) return;
  const response = await fetch(`${location.pathname}lich-su/${place.id}/${place.field}/`, { credentials: "same-origin" });
  showDialog(response.ok ? await response.text() : page.words.noConnection);
}

function showDialog(html) {
  // Our own server's fragment; the strict CSP keeps anything in it from running.
  document.getElementById("grid-dialog-body").innerHTML = html;
  document.getElementById("grid-dialog").showModal();
}

// --- keyboard, mouse, clipboard ---------------------------------------------------------------------

let lastLetter = { key: "", at: 0 };

function onKey(page, event) {
  if (page.editor.isOpen) return;
  if (event.ctrlKey || event.metaKey) return onCommand(page, event);
  const arrows = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };
  if (event.key in arrows) page.selection.step(arrows[event.key], { extend: event.shiftKey });
  else if (event.key === "Tab") {
    if (!page.selection.step(event.shiftKey ? "left" : "right", { wrap: true })) return;
  } else if (event.key === "Enter" || event.key === "F2") edit(page);
  else if (event.key === "Delete" || event.key === "Backspace") clear(page);
  else if (event.key === "Escape") document.querySelector("#grid-actions button:enabled")?.focus(); // out of a table of many cells
  else if (event.key === "Home" || event.key === "End") page.selection.edge(event.key);
  else if (event.key === "PageDown" || event.key === "PageUp") page.selection.step(event.key === "PageDown" ? "down" : "up", { by: 10 });
  else if (event.key.length === 1 && !event.altKey) return onLetter(page, event);
  else if (event.key === "Process") return edit(page, "");
  else return;
  event.preventDefault();
}

function onLetter(page, event) {
  const place = page.selection.place();
  if (!place || page.setup.readonly) return;
  const column = page.sheet.kinds.get(place.field);
  // A Vietnamese keyboard (Telex) makes đ of two presses of d: the second one is no new value.
  const twice = event.key.toLowerCase() === "d" && lastLetter.key === "d" && event.timeStamp - lastLetter.at < 400;
  lastLetter = { key: event.key.toLowerCase(), at: event.timeStamp };
  event.preventDefault();
  if (twice) return;
  const level = levelOfKey(event.key, column.kind);
  if (level !== null) {
    page.apply([{ id: place.id, field: place.field, value: level }]);
    page.selection.step("down");
  } else if (!/level/.test(column.kind)) edit(page, event.key);
}

function onCommand(page, event) {
  const letter = event.key.toLowerCase();
  if (letter === "z" && !event.shiftKey) afterStep(page, page.sheet.undo());
  else if (letter === "y" || (letter === "z" && event.shiftKey)) afterStep(page, page.sheet.redo());
  else if (letter === "d" && !page.setup.readonly) fillDown(page);
  else if (letter === "a") page.selection.all();
  else if (letter === "s") page.saving.now();
  else return;
  event.preventDefault();
}

function listen(page) {
  const actions = {
    undo: () => afterStep(page, page.sheet.undo()),
    redo: () => afterStep(page, page.sheet.redo()),
    "fill-down": () => fillDown(page),
    "fill-level": () => fillDialog(page),
    history: () => showHistory(page),
    keys: () => showDialog(page.words.keysHtml),
    previous: () => page.selection.pupil(-1),
    next: () => page.selection.pupil(1),
  };
  for (const [name, work] of Object.entries(actions)) {
    const opener = document.querySelector(`[data-do="${name}"]`);
    opener?.addEventListener("click", work);
    if (page.setup.readonly && ["fill-down", "fill-level"].includes(name) && opener) opener.hidden = true;
  }
  document.querySelector("#grid-dialog [data-close]").addEventListener("click", () => document.getElementById("grid-dialog").close());
  table.addEventListener("keydown", (event) => onKey(page, event));
  table.addEventListener("mousedown", (event) => page.selection.onMouse(event, page.editor.isOpen));
  table.addEventListener("focusin", (event) => page.selection.follow(event.target));
  table.addEventListener("mouseover", (event) => event.buttons === 1 && !page.editor.isOpen && page.selection.drag(event));
  table.addEventListener("dblclick", () => edit(page));
  table.addEventListener("click", (event) => {
    if (onPhone() && event.target.closest(".cell") && !page.editor.isOpen) edit(page);
  });
  document.addEventListener("paste", (event) => {
    if (page.editor.isOpen || page.setup.readonly || !table.contains(document.activeElement)) return;
    paste(page, event.clipboardData.getData("text/plain"));
    event.preventDefault();
  });
  window.addEventListener("pagehide", () => page.editor.finish(null));
  document.addEventListener("copy", (event) => {
    if (page.editor.isOpen || !table.contains(document.activeElement)) return;
    event.clipboardData.setData("text/plain", copy(page));
    event.preventDefault();
  });
}
