// SPDX-License-Identifier: EUPL-1.2
// A list of lines to mark: one box for all of them, and how many are marked. Without it each is marked by itself.
for (const form of document.querySelectorAll("form[data-select-all]")) {
  const boxes = [...form.querySelectorAll("input[name=lines]")];
  const all = form.querySelector("[data-all]");
  const marked = form.querySelector("[data-marked]");
  if (!all || !marked) continue;
  const count = () => {
    const n = boxes.filter((box) => box.checked).length;
    marked.textContent = String(n);
    all.checked = n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
  };
  all.closest("label").hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  form.addEventListener("change", count);
  count();
}
