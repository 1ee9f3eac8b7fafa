// Autosave that loses nothing: what is typed waits in this browser until the server has it. Values
// lie under row numbers, never names, and leave the browser's store as soon as they are saved.

const WAIT_MS = 600;
const RETRY_MS = [2000, 5000, 10000, 20000];

export class Saving {
  constructor({ sheet, address, token, setup, onState, onOutcomes }) {
    Object.assign(this, { sheet, address, token, onState, onOutcomes });
    this.store = `hocba-grid-${setup.person}-${setup.room}-${setup.sheet}-${setup.period}`;
    /** Cells that the server did not take, by cell key: the typed value and what it answered. */
    this.open = new Map();
    this.person = setup.person;
    /** The text of the cell that is open, which is not yet part of the sheet. */
    this.draft = null;
    this.failures = 0;
    this.busy = false;
    this.timer = 0;
    this.last = setup.last;
    window.addEventListener("online", () => this.now());
    window.addEventListener("beforeunload", (event) => {
      if (this.waiting().length) event.preventDefault();
    });
  }

  /** What is typed and not yet saved; cells that the server refused wait for another value. */
  waiting() {
    return this.sheet.dirty().filter((cell) => this.open.get(`${cell.id}:${cell.field}`)?.typed !== cell.value);
  }

  /** Cells that an earlier visit could not save any more. */
  restore() {
    try {
      return JSON.parse(localStorage.getItem(this.store) ?? "[]");
    } catch {
      return [];
    }
  }

  /** Keep the text of an open cell, so that a machine that stops does not take it along. */
  keepDraft(cell) {
    this.draft = cell && cell.value !== this.sheet.value(cell.id, cell.field) ? cell : null;
    this.keep();
  }

  keep() {
    const cells = this.sheet.dirty();
    if (this.draft) cells.push({ ...this.draft, old: this.sheet.known(this.draft.id, this.draft.field) });
    if (cells.length) localStorage.setItem(this.store, JSON.stringify(cells));
    else localStorage.removeItem(this.store);
  }

  soon() {
    this.keep();
    const count = this.waiting().length;
    if (count) this.onState("waiting", { count });
    else this.settle();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), WAIT_MS);
  }

  async now() {
    clearTimeout(this.timer);
    const cells = this.waiting();
    if (this.busy || !cells.length) return;
    this.busy = true;
    this.onState("saving", { count: cells.length });
    const answer = await this.send(cells);
    this.busy = false;
    if (answer) this.take(answer, cells);
  }

  async send(cells, again = false) {
    const body = JSON.stringify({
      changes: cells.map(({ id, field, old, value }) => ({ e: id, f: field, old, new: value })),
    });
    let response;
    try {
      response = await fetch(`${this.address}luu/`, {
        method: "POST",
        body,
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
        credentials: "same-origin",
        signal: AbortSignal.timeout(30000),
      });
    } catch {
      return this.later("offline", cells.length);
    }
    const isJson = (response.headers.get("Content-Type") ?? "").includes("application/json");
    if (!isJson || response.redirected) {
      if (response.status >= 500) return this.later("offline", cells.length);
      if (!again && (await this.renewToken())) return this.send(cells, true);
      return this.later("signed-out", cells.length);
    }
    const answer = await response.json();
    if (!response.ok) {
      this.onState("refused", { sentence: answer.sentence, count: cells.length });
      return null;
    }
    this.failures = 0;
    return answer;
  }

  /** Signing in again gives the forms another token; only the same person may go on saving. */
  async renewToken() {
    try {
      const response = await fetch(this.address, { credentials: "same-origin" });
      if (!response.ok || response.redirected) return false;
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (JSON.parse(page.getElementById("grid-setup").textContent).person !== this.person) return false;
      this.token = page.querySelector("#grid-token input").value;
      return true;
    } catch {
      return false;
    }
  }

  later(state, count) {
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
    this.failures += 1;
    this.onState(state, { count });
    this.timer = setTimeout(() => this.now(), wait);
    return null;
  }

  take(answer, cells) {
    const typed = new Map(cells.map((cell) => [`${cell.id}:${cell.field}`, cell.value]));
    for (const outcome of answer.outcomes) {
      const name = `${outcome.e}:${outcome.f}`;
      if (outcome.state === "saved") {
        this.sheet.accept(outcome.e, outcome.f, outcome.value, typed.get(name) ?? this.sheet.value(outcome.e, outcome.f));
        this.open.delete(name);
      } else {
        if (outcome.state === "conflict") this.sheet.kept.set(name, outcome.value);
        this.open.set(name, { typed: typed.get(name), outcome });
      }
    }
    this.keep();
    this.onOutcomes(answer, this.unsettled());
    if (this.waiting().length) this.now();
    else this.settle();
  }

  /** What the server did not take and the person has not changed since. */
  unsettled() {
    const dirty = new Set(this.sheet.dirty().map((cell) => `${cell.id}:${cell.field}`));
    for (const name of this.open.keys()) if (!dirty.has(name)) this.open.delete(name);
    return [...this.open.values()].map((each) => each.outcome);
  }

  settle() {
    const count = this.unsettled().length;
    this.onState(count ? "attention" : "saved", { count });
  }

  /** The person decides on a conflict: the own value is sent again, now knowing the other one. */
  insist(id, field) {
    this.open.delete(`${id}:${field}`);
    this.now();
  }

  /** What colleagues saved since; cells that are being typed here are left alone. */
  async news() {
    if (this.busy) return [];
    try {
      const response = await fetch(`${this.address}moi/?sau=${this.last}`, { credentials: "same-origin" });
      if (!response.ok || response.redirected) return [];
      const answer = await response.json();
      this.last = answer.last;
      return answer.changes;
    } catch {
      return [];
    }
  }
}
