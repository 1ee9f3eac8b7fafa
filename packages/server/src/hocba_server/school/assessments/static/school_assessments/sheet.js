// The sheet in memory: values, what of them the server has, undo and redo. Knows no page.

export class Sheet {
  /** @param {{id: number, values: Map<string, string>, locked: boolean, shut: Set<string>}[]} rows */
  constructor(rows, columns) {
    this.rows = new Map(rows.map((row) => [row.id, row]));
    this.columns = columns;
    this.kinds = new Map(columns.map((column) => [column.field, column]));
    /** What the server is known to keep, by cell key. */
    this.kept = new Map();
    for (const row of rows) for (const [field, value] of row.values) this.kept.set(key(row.id, field), value);
    this.undoable = [];
    this.redoable = [];
  }

  value(id, field) {
    return this.rows.get(id)?.values.get(field) ?? "";
  }

  /** A row that takes nothing, or one cell of it whose window is closed. */
  isLocked(id, field) {
    const row = this.rows.get(id);
    return !row || row.locked || row.shut.has(field);
  }

  /** Set cells as one step that can be undone; answers the cells that really changed. */
  change(cells) {
    const step = [];
    for (const { id, field, value } of cells) {
      const row = this.rows.get(id);
      if (!this.kinds.has(field) || this.isLocked(id, field)) continue;
      const before = row.values.get(field) ?? "";
      const after = tidy(value, this.kinds.get(field).kind);
      if (before === after) continue;
      row.values.set(field, after);
      step.push({ id, field, before, after });
    }
    if (step.length) {
      this.undoable.push(step);
      this.redoable.length = 0;
    }
    return step;
  }

  undo() {
    return this.#turn(this.undoable, this.redoable, "before");
  }

  redo() {
    return this.#turn(this.redoable, this.undoable, "after");
  }

  #turn(from, to, side) {
    const step = from.pop();
    if (!step) return [];
    to.push(step);
    for (const cell of step) this.rows.get(cell.id).values.set(cell.field, cell[side]);
    return step;
  }

  /** The server says what it keeps now; a value that was typed meanwhile stays on the sheet. */
  accept(id, field, value, typed) {
    this.kept.set(key(id, field), value);
    const row = this.rows.get(id);
    if (row && (row.values.get(field) ?? "") === typed) row.values.set(field, value);
  }

  /** What the server is known to keep in a cell. */
  known(id, field) {
    return this.kept.get(key(id, field)) ?? "";
  }

  isDirty(id, field) {
    return this.value(id, field) !== this.known(id, field);
  }

  dirty() {
    const found = [];
    for (const [id, row] of this.rows) {
      for (const field of this.kinds.keys()) {
        if (this.isDirty(id, field)) {
          found.push({ id, field, old: this.known(id, field), value: row.values.get(field) ?? "" });
        }
      }
    }
    return found;
  }
}

export function key(id, field) {
  return `${id}:${field}`;
}

/** What a keyboard gives, in the form that the server keeps: letters upper case, Đ for D, a point. */
export function tidy(value, kind) {
  const text = value.normalize("NFC").replace(/\s+/g, " ").trim();
  if (kind === "subject_level") return text.toUpperCase();
  if (kind === "trait_level") {
    const letter = text.toUpperCase().replace("\u00d0", "\u0110");
    return letter === "D" ? "\u0110" : letter;
  }
  if (kind === "decimal") {
    const number = text.replace(",", ".");
    return /^\d+(\.\d+)?$/.test(number) ? Number(number).toFixed(1) : text;
  }
  if (kind === "score" || kind === "whole") return /^\d+([.,]0+)?$/.test(text) ? String(Number.parseInt(text, 10)) : text;
  return text;
}

export function shown(value, kind) {
  return kind === "decimal" ? value.replace(".", ",") : value;
}

export const LETTERS = { subject_level: ["T", "H", "C", "M"], trait_level: ["T", "\u0110", "C"] };

// The homeroom comment goes by the year result, which the page computes (TT 27/2020 Điều 9.2a).
const LEVELS_OF_RESULTS = { "Hoàn thành xuất sắc": "T", "Hoàn thành tốt": "T", "Hoàn thành": "H", "Chưa hoàn thành": "C" };

function levelColumns(page, column) {
  const levels = page.sheet.columns.filter((each) => /level/.test(each.kind));
  return levels.filter((each) => each.field === "level" || (each.group && each.group === column.group));
}

/** The levels that comments of a column go by: of the subject, or of its group of traits. */
export function lettersFor(page, column) {
  if (column.group === "homeroom") return LETTERS.subject_level.slice(0, 3);
  const [found] = levelColumns(page, column);
  return found ? LETTERS[found.kind].slice(0, 3) : [];
}

/** The level of a pupil that a comment goes by: of several traits the lowest one, "" while unknown. */
export function levelFor(page, id, column) {
  if (column.group === "homeroom") {
    const line = page.lines.find((each) => Number(each.dataset.e) === id);
    return LEVELS_OF_RESULTS[line?.querySelector(".result")?.textContent.trim()] ?? "";
  }
  const columns = levelColumns(page, column);
  const found = columns.map(({ field, kind }) => LETTERS[kind].indexOf(page.sheet.value(id, field)));
  return found.length && !found.includes(-1) ? LETTERS[columns[0].kind][Math.max(...found)] : "";
}

/** One key on a level cell: a letter, or 1, 2, 3 for the first, second and third level. */
export function levelOfKey(pressed, kind) {
  const letters = LETTERS[kind];
  if (!letters) return null;
  if (/^[1-4]$/.test(pressed)) return letters[Number(pressed) - 1] ?? null;
  const letter = tidy(pressed, kind);
  return letters.includes(letter) ? letter : null;
}
