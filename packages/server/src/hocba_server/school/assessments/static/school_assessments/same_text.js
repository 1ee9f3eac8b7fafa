// One comment for nearly the whole class is allowed, but never without saying so. The warning stands
// however the texts came (filled, pasted, typed) and goes only when they differ.

const MANY = 10;
const SHARE = 0.6;

/** Show the warning of every comment column, or take it away. */
export function warnOfSameText(page) {
  const box = document.getElementById("same-text");
  const sentences = [];
  for (const column of page.setup.columns) {
    const [most, total] = column.kind === "text" ? commonest(page, column.field) : [0, 0];
    if (total >= MANY && most > SHARE * total) sentences.push(`… ${column.title}: ${page.words.sameText(most, total)}`);
  }
  if (box.dataset.said === sentences.join("\n")) return;
  box.dataset.said = sentences.join("\n");
  box.replaceChildren(...sentences.map(line));
  box.hidden = !sentences.length;
}

/** How many pupils share the commonest text, names left out, and how many have a text at all. */
function commonest(page, field) {
  const counts = new Map();
  let total = 0;
  for (const { dataset } of page.lines) {
    const text = page.sheet.value(Number(dataset.e), field);
    if (!text) continue;
    total += 1;
    const bare = (dataset.given ? text.replaceAll(dataset.given, "") : text).toLowerCase();
    counts.set(bare, (counts.get(bare) ?? 0) + 1);
  }
  return [Math.max(0, ...counts.values()), total];
}

function line(sentence) {
  const made = document.createElement("p");
  made.className = "notice notice--warning";
  made.textContent = sentence;
  return made;
}
