// Tab-separated text, as spreadsheet programs put it on the clipboard: cells with a tab, a line
// break or a quote stand in quotes, a quote inside is doubled.

export function parseTable(text) {
  const rows = [];
  let row = [];
  let cell = "";
  let quoted = false;
  const source = text.replace(/\r\n?/g, "\n");
  for (let at = 0; at < source.length; at += 1) {
    const letter = source[at];
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (source[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (letter === '"' && cell === "") quoted = true;
    else if (letter === "\t") {
      row.push(cell);
      cell = "";
    } else if (letter === "\n") {
      row.push(cell);
      rows.push(row);
      row = [];
      cell = "";
    } else cell += letter;
  }
  // The last line break ends the last row; it does not begin another one.
  if (cell !== "" || row.length) rows.push([...row, cell]);
  return rows;
}

export function formatTable(rows) {
  return rows.map((row) => row.map(quote).join("\t")).join("\n");
}

function quote(cell) {
  return /[\t\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
