// "Fill the whole class": one comment for all pupils of a level, or the proposed homeroom comments;
// the person sees what will happen, and it is one step that can be undone.

import { lettersFor, levelFor } from "./sheet.js";

export function fillDialog(page) {
  const place = page.selection.place();
  const column = page.sheet.kinds.get(place.field);
  const body = document.getElementById("grid-dialog-body");
  body.replaceChildren(heading(`${page.words.fillTitle}: ${column.title}`), column.kind === "text" ? commentForm(page, column) : valueForm(page, column));
  document.getElementById("grid-dialog").showModal();
}

function valueForm(page, column) {
  const form = document.createElement("form");
  const field = labelled(page.words.fillValue, control("input", { name: "value", required: true }));
  const onlyEmpty = checkbox(page.words.onlyEmpty, "empty");
  form.append(field, onlyEmpty, actions(submit(page.words.fill)));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = form.elements.value.value;
    const rows = [...page.sheet.rows.keys()].filter((id) => !form.elements.empty.checked || !page.sheet.value(id, column.field));
    finish(page, rows.map((id) => ({ id, field: column.field, value })));
  });
  return form;
}

function commentForm(page, column) {
  const form = document.createElement("form");
  const letters = lettersFor(page, column);
  const levels = letters.length ? letters : [""];
  const ofLevel = page.words[column.group === "homeroom" ? "commentForResult" : page.sheet.kinds.has("level") ? "commentForLevel" : "commentForLowest"];
  for (const level of levels) {
    const box = control("textarea", { name: `text-${level}`, rows: 3 });
    form.append(labelled(level ? ofLevel(level) : page.words.commentForAll, box));
  }
  form.append(hint(page.words.manyLines), checkbox(page.words.onlyEmpty, "empty"));
  const buttons = [submit(page.words.fill)];
  if (Object.values(page.setup.proposals[column.field] ?? {}).some(Boolean)) buttons.push(proposeButton(page, column));
  form.append(actions(...buttons));
  offerPhrases(page, column, form, levels);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const cells = [];
    for (const level of levels) {
      const phrases = form.elements[`text-${level}`].value.split("\n").map((line) => line.trim()).filter(Boolean);
      if (!phrases.length) continue;
      let turn = 0;
      for (const id of page.sheet.rows.keys()) {
        if (level && levelFor(page, id, column) !== level) continue;
        if (form.elements.empty.checked && page.sheet.value(id, column.field)) continue;
        cells.push({ id, field: column.field, value: named(page, id, phrases[turn % phrases.length]) });
        turn += 1;
      }
    }
    finish(page, cells);
  });
  return form;
}

/** The best phrases of the bank stand in the boxes already: rotate them, then adjust pupils. */
async function offerPhrases(page, column, form, levels) {
  if (!column.group) return;
  let offered = 0;
  for (const level of levels) {
    const phrases = await page.editor.suggest({ group: column.group, level, query: "" });
    const box = form.elements[`text-${level}`];
    offered += phrases.length;
    if (box && !box.value) box.value = phrases.slice(0, 4).map((phrase) => phrase.text).join("\n");
  }
  if (!offered) form.prepend(noPhrases(page));
}

/** An empty bank says where phrases come from. */
function noPhrases(page) {
  const line = hint(`${page.words.noPhrases} `);
  line.append(Object.assign(document.createElement("a"), { href: "/truong/nhan-xet/", textContent: page.words.phrases }));
  return line;
}

function proposeButton(page, column) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "button";
  made.textContent = column.field === "award_text" ? page.words.proposeAward : page.words.propose;
  made.addEventListener("click", () => {
    const cells = Object.entries(page.setup.proposals[column.field])
      .map(([id, value]) => ({ id: Number(id), field: column.field, value }))
      .filter((cell) => cell.value && !page.sheet.value(cell.id, column.field));
    finish(page, cells);
  });
  return made;
}

function named(page, id, phrase) {
  const line = page.lines.find((each) => Number(each.dataset.e) === id);
  return phrase.replaceAll("{ten}", line?.dataset.given ?? "").replaceAll("{em}", "em");
}

function finish(page, cells) {
  document.getElementById("grid-dialog").close();
  const count = page.apply(cells);
  if (!count) document.getElementById("save-state").textContent = page.words.nothingFilled;
}

function heading(text) {
  const made = document.createElement("h2");
  made.className = "dialog-title";
  made.textContent = text;
  return made;
}

function hint(text) {
  const made = document.createElement("p");
  made.className = "muted small";
  made.textContent = text;
  return made;
}

function control(tag, values) {
  return Object.assign(document.createElement(tag), values);
}

function labelled(text, box) {
  const label = document.createElement("label");
  label.className = "field field--stacked";
  label.append(text, box);
  return label;
}

function checkbox(text, name) {
  const label = document.createElement("label");
  label.className = "field";
  label.append(control("input", { type: "checkbox", name, checked: true }), ` ${text}`);
  return label;
}

function actions(...buttons) {
  const line = document.createElement("p");
  line.className = "actions";
  line.append(...buttons);
  return line;
}

function submit(text) {
  return control("button", { className: "button button--primary", textContent: text });
}
