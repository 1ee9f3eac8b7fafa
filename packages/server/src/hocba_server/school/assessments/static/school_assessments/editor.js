// The box in which one cell is typed: a line for short values, a field with counter and phrases for
// comments. It lies inside the cell, so that the page's reading order stays right.

import { LETTERS, shown } from "./sheet.js";

export class Editor {
  constructor({ suggest, words }) {
    this.suggest = suggest;
    this.words = words;
    this.cell = null;
  }

  get isOpen() {
    return this.cell !== null;
  }

  /** Open on a cell; `typed` says that the value is a first key. `onTyped(value)` follows every change, `onDone(value, move)` is called once, with null when it was given up. */
  open(cell, column, { value, typed, given, level, onTyped, onDone }) {
    this.close();
    Object.assign(this, { cell, column, given, level, onDone });
    const long = column.kind === "text";
    this.input = document.createElement(long ? "textarea" : "input");
    this.input.className = "cell-input";
    this.input.value = shown(value, column.kind);
    this.input.setAttribute("aria-label", cell.dataset.label);
    if (!long) this.input.inputMode = column.kind === "decimal" ? "decimal" : /score|whole/.test(column.kind) ? "numeric" : "text";
    cell.replaceChildren(this.input);
    cell.classList.add("cell--open");
    if (long) this.#withCounter();
    if (LETTERS[column.kind]) this.#withLetters(LETTERS[column.kind]);
    this.input.addEventListener("input", () => onTyped?.(this.input.value));
    this.input.addEventListener("keydown", (event) => this.#onKey(event));
    this.input.addEventListener("blur", () => setTimeout(() => this.isOpen && !this.cell.contains(document.activeElement) && this.finish(null), 0));
    this.input.focus();
    // A short value that is there already is typed over; a first letter and a comment go on.
    const whole = !long && !typed;
    this.input.setSelectionRange?.(whole ? 0 : this.input.value.length, this.input.value.length);
  }

  /** Where there is no keyboard on the desk, a level is one touch. */
  #withLetters(letters) {
    const row = document.createElement("p");
    row.className = "cell-letters";
    row.append(...letters.map((letter) => {
      const made = document.createElement("button");
      made.type = "button";
      made.className = "button";
      made.tabIndex = -1;
      made.textContent = letter;
      made.addEventListener("mousedown", (event) => event.preventDefault());
      made.addEventListener("click", (event) => {
        event.stopPropagation();
        this.input.value = letter;
        this.finish("down");
      });
      return made;
    }));
    this.cell.append(row);
  }

  #withCounter() {
    this.counter = document.createElement("p");
    this.counter.className = "cell-counter";
    this.list = document.createElement("ul");
    this.list.className = "phrases";
    this.list.setAttribute("role", "listbox");
    this.list.id = "grid-phrases";
    this.list.setAttribute("aria-label", this.words.phrases);
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-controls", this.list.id);
    this.list.hidden = true;
    this.cell.append(this.counter, this.list);
    const count = () => {
      const length = this.input.value.trim().length;
      this.counter.textContent = `${length}/${this.column.limit}`;
      this.counter.classList.toggle("cell-counter--over", length > this.column.limit);
    };
    this.input.addEventListener("input", () => {
      count();
      clearTimeout(this.asking);
      this.asking = setTimeout(() => this.#ask(), 150);
    });
    count();
    this.#ask();
  }

  async #ask() {
    if (!this.column.group) return;
    const { cell, input } = this;
    const asked = input.value;
    const phrases = await this.suggest({ group: this.column.group, level: this.level, query: this.#word() });
    if (this.cell !== cell || input.value !== asked) return;
    this.list.replaceChildren(...phrases.map((phrase, at) => this.#option(phrase, at)));
    this.input.removeAttribute("aria-activedescendant");
    this.list.hidden = !phrases.length;
    this.chosen = -1;
  }

  /** What was typed since the last sentence: the letters that a phrase is looked up with, and replaces. */
  #word() {
    return this.input.value.slice(0, this.input.selectionStart).split(/[.;]\s*/).pop();
  }

  #option(phrase, at) {
    const item = document.createElement("li");
    item.id = `grid-phrase-${at}`;
    item.setAttribute("role", "option");
    item.textContent = this.#forThisPupil(phrase);
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.#insert(phrase);
    });
    item.phrase = phrase;
    return item;
  }

  #forThisPupil(phrase) {
    return phrase.text.replaceAll("{ten}", this.given).replaceAll("{em}", "em");
  }

  /** Put the phrase in; what is typed next is a new question, so that Enter then ends the cell. */
  #insert(phrase) {
    const { value, selectionStart } = this.input;
    const before = value.slice(0, selectionStart - this.#word().length).trimEnd();
    const after = value.slice(selectionStart).trim();
    this.input.value = [before, this.#forThisPupil(phrase), after].filter(Boolean).join(" ");
    const end = this.input.value.length - (after ? after.length + 1 : 0);
    this.input.setSelectionRange(end, end);
    this.input.dispatchEvent(new Event("input"));
    clearTimeout(this.asking);
    this.suggest.used?.(phrase);
    this.list.hidden = true;
    this.chosen = -1;
    this.input.focus();
  }

  #choose(step) {
    const options = [...this.list.children];
    if (this.list.hidden || !options.length) return false;
    this.chosen = Math.max(-1, Math.min(options.length - 1, this.chosen + step));
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === this.chosen)));
    options[this.chosen]?.scrollIntoView({ block: "nearest" });
    if (this.chosen < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", options[this.chosen].id);
    return true;
  }

  #onKey(event) {
    if (event.isComposing) return;
    const long = this.column.kind === "text";
    if (event.key === "Escape") this.finish(null, true);
    else if (event.key === "Enter" && !event.shiftKey) {
      const picked = this.list?.children[this.chosen]?.phrase;
      if (long && picked && this.chosen >= 0) this.#insert(picked);
      else this.finish("down");
    } else if (event.key === "Tab") this.finish(event.shiftKey ? "left" : "right");
    else if (long && (event.key === "ArrowDown" || event.key === "ArrowUp") && this.#choose(event.key === "ArrowDown" ? 1 : -1)) {
      event.preventDefault();
      return;
    } else if (!long && (event.key === "ArrowDown" || event.key === "ArrowUp")) this.finish(event.key === "ArrowDown" ? "down" : "up");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  finish(move, givenUp = false) {
    if (!this.isOpen) return;
    const { onDone, input } = this;
    const value = givenUp ? null : input.value;
    this.close();
    onDone(value, move);
  }

  close() {
    if (!this.isOpen) return;
    clearTimeout(this.asking);
    this.cell.classList.remove("cell--open");
    this.cell.replaceChildren();
    this.cell = null;
    this.list = undefined;
  }
}
