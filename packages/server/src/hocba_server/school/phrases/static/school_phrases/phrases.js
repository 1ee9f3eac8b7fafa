// The comment bank: "/" goes to the search box; the form counts characters and inserts
// placeholders. Without this file everything still works with plain forms.

const search = document.getElementById("q");
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select");
  if (!search || event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  search.focus();
  search.select();
});

const box = document.querySelector("textarea[data-limit]");
if (box) {
  const line = document.querySelector("[data-placeholders]");
  const left = document.getElementById("text-left");
  const say = () => {
    const count = Number(box.dataset.limit) - [...box.value.trim()].length;
    left.textContent = `${count} ${box.dataset.left}`;
    left.classList.toggle("error", count < 0);
  };
  line.hidden = false;
  box.addEventListener("input", say);
  for (const button of line.querySelectorAll("[data-insert]")) {
    button.addEventListener("click", () => {
      box.setRangeText(button.dataset.insert, box.selectionStart, box.selectionEnd, "end");
      box.focus();
      say();
    });
  }
  say();
}
