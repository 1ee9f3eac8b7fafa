// Reading a large file takes a moment: say so while the page waits for the preview.

for (const form of document.querySelectorAll("form[data-reading]")) {
  const words = document.createElement("p");
  words.className = "notice";
  words.setAttribute("role", "status");
  words.hidden = true;
  form.append(words);
  form.addEventListener("submit", () => {
    words.hidden = false;
    words.textContent = form.dataset.reading ?? "";
  });
  window.addEventListener("pageshow", () => {
    words.hidden = true;
  });
}
