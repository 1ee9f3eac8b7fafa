// Drop a file anywhere on the field; say its name; refuse what is too large before sending it.

const LIMIT_BYTES = 10 * 1024 * 1024;

for (const area of document.querySelectorAll(".file-drop")) {
  const input = area.querySelector('input[type="file"]');
  if (!input) continue;
  const name = document.createElement("output");
  name.className = "file-drop__name";
  area.append(name);

  const show = () => {
    const files = [...(input.files ?? [])];
    const tooLarge = files.some((file) => file.size > LIMIT_BYTES);
    input.setCustomValidity(tooLarge ? (input.dataset.tooLarge ?? "Tệp lớn hơn 10 MB. Chọn tệp nhỏ hơn.") : "");
    input.reportValidity();
    name.textContent = files.map((file) => file.name).join(", ");
  };
  input.addEventListener("change", show);
  for (const type of ["dragenter", "dragover"]) {
    area.addEventListener(type, (event) => {
      event.preventDefault();
      area.classList.add("file-drop--over");
    });
  }
  for (const type of ["dragleave", "drop"]) {
    area.addEventListener(type, () => area.classList.remove("file-drop--over"));
  }
  // Files that were copied elsewhere are pasted anywhere on the page, but not into a text field.
  document.addEventListener("paste", (event) => {
    if (!event.clipboardData?.files.length || event.target.matches?.("input, textarea")) return;
    input.files = event.clipboardData.files;
    show();
  });
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer?.files.length) return;
    input.files = event.dataTransfer.files;
    show();
  });
}
