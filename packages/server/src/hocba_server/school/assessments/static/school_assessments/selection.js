// Which cells are chosen: one cell has the focus (roving tabindex), a range grows from it.

export class Selection {
  constructor(lines, columns) {
    this.lines = lines;
    this.fields = columns.map((column) => column.field);
    this.cells = lines.map((line) => [...line.querySelectorAll(".cell")]);
    this.row = this.column = this.anchorRow = this.anchorColumn = 0;
    document.getElementById("one-pupil").hidden = !lines.length;
  }

  to(row, column, { extend = false, focus = true } = {}) {
    this.cells[this.row]?.[this.column]?.setAttribute("tabindex", "-1");
    this.row = clamp(row, this.lines.length);
    this.column = clamp(column, this.fields.length);
    if (!extend) [this.anchorRow, this.anchorColumn] = [this.row, this.column];
    this.cells[this.row]?.[this.column]?.setAttribute("tabindex", "0");
    this.#paint();
    if (focus) this.focus();
  }

  focus() {
    const cell = this.cells[this.row]?.[this.column];
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  toCell(id, field) {
    const row = this.lines.findIndex((line) => Number(line.dataset.e) === id);
    if (row >= 0) this.to(row, Math.max(0, this.fields.indexOf(field)));
  }

  /** A screen reader or a script may put the focus on any cell: that cell is then the chosen one. */
  follow(element) {
    if (!element.matches(".cell") || element === this.cells[this.row]?.[this.column]) return;
    const row = this.lines.indexOf(element.parentElement);
    this.to(row, this.cells[row].indexOf(element), { focus: false });
  }

  step(direction, { extend = false, wrap = false, by = 1 } = {}) {
    let [row, column] = [this.row, this.column];
    if (direction === "up") row -= by;
    if (direction === "down") row += by;
    if (direction === "left") column -= 1;
    if (direction === "right") column += 1;
    if (wrap && column >= this.fields.length) [row, column] = [row + 1, 0];
    if (wrap && column < 0) [row, column] = [row - 1, this.fields.length - 1];
    // At either end Tab leaves the grid, as everywhere on the page.
    if (wrap && (row < 0 || row >= this.lines.length)) return false;
    this.to(row, column, { extend });
    return true;
  }

  edge(name) {
    this.to(this.row, name === "Home" ? 0 : this.fields.length - 1);
  }

  all() {
    [this.anchorRow, this.anchorColumn] = [0, this.column];
    this.to(this.lines.length - 1, this.column, { extend: true });
  }

  pupil(step) {
    this.to(this.row + step, this.column);
  }

  place() {
    const line = this.lines[this.row];
    return line ? { id: Number(line.dataset.e), field: this.fields[this.column] } : null;
  }

  range() {
    const [top, bottom] = order(this.anchorRow, this.row);
    const [left, right] = order(this.anchorColumn, this.column);
    return {
      rows: this.lines.slice(top, bottom + 1).map((line) => Number(line.dataset.e)),
      fields: this.fields.slice(left, right + 1),
    };
  }

  fromHereDown() {
    return this.lines.slice(this.row).map((line) => Number(line.dataset.e));
  }

  /** The cells that a pasted block of this size falls on, from the top left of the range. */
  blockFrom(height, width) {
    const top = Math.min(this.anchorRow, this.row);
    const left = Math.min(this.anchorColumn, this.column);
    const found = [];
    for (let row = 0; row < height && top + row < this.lines.length; row += 1) {
      for (let column = 0; column < width && left + column < this.fields.length; column += 1) {
        found.push({ id: Number(this.lines[top + row].dataset.e), field: this.fields[left + column], row, column });
      }
    }
    return found;
  }

  /** How many lines and columns of such a block lie outside the table. */
  leftOver(height, width) {
    const top = Math.min(this.anchorRow, this.row);
    const left = Math.min(this.anchorColumn, this.column);
    return {
      rows: Math.max(0, top + height - this.lines.length),
      columns: Math.max(0, left + width - this.fields.length),
    };
  }

  onMouse(event, editing) {
    const found = this.#at(event.target);
    if (!found || editing) return;
    this.to(found.row, found.column, { extend: event.shiftKey });
    event.preventDefault();
  }

  drag(event) {
    const found = this.#at(event.target);
    if (found) this.to(found.row, found.column, { extend: true });
  }

  #at(target) {
    const cell = target.closest?.(".cell");
    if (!cell) return null;
    const row = this.lines.indexOf(cell.parentElement);
    return row < 0 ? null : { row, column: this.fields.indexOf(cell.dataset.f) };
  }

  #paint() {
    const [top, bottom] = order(this.anchorRow, this.row);
    const [left, right] = order(this.anchorColumn, this.column);
    this.cells.forEach((line, row) => {
      line.forEach((cell, column) => {
        const inside = row >= top && row <= bottom && column >= left && column <= right;
        cell.classList.toggle("cell--chosen", inside);
        if (inside && (top !== bottom || left !== right)) cell.setAttribute("aria-selected", "true");
        else cell.removeAttribute("aria-selected");
      });
      this.lines[row].classList.toggle("row--here", row === this.row);
    });
    const where = document.getElementById("one-pupil-where");
    const name = this.lines[this.row]?.querySelector("th")?.firstChild?.textContent.trim() ?? "";
    where.textContent = `${this.row + 1}/${this.lines.length} ${name}`;
  }
}

function clamp(at, length) {
  return Math.max(0, Math.min(length - 1, at));
}

function order(first, second) {
  return first < second ? [first, second] : [second, first];
}
