// SPDX-License-Identifier: EUPL-1.2
// Before what cannot be undone: shows once more what was typed, on this page alone, and asks. Without a script a tick asks.
const form = document.querySelector("form[data-check-answers]");
const panel = document.querySelector("[data-answers]");
const parts = form?.querySelectorAll("fieldset legend h2") ?? [];
const tick = form?.querySelector("[name=confirmed]");
let isChecked = false;

function valueOf(field) {
  if (field.tagName === "SELECT") return field.selectedOptions[0]?.textContent.trim() ?? "";
  if (field.type === "checkbox") return field.checked ? "✓" : "";
  return field.value.trim();
}

function labelOf(field) {
  const label = form.querySelector(`label[for="${field.id}"]`)?.textContent.trim() ?? "";
  // Of several people, whose it is.
  const part = parts.length > 1 && field.closest("fieldset")?.querySelector("legend h2")?.textContent.trim();
  return part ? `${part} · ${label}` : label;
}

function draw() {
  const list = panel.querySelector("dl");
  const row = panel.querySelector("template").content.firstElementChild;
  const fields = [...form.querySelectorAll("input:not([type=hidden]):not([type=file]), select, textarea")];
  const rows = fields
    .filter((field) => field !== tick && !field.closest("[hidden]") && valueOf(field))
    .map((field) => {
      const one = row.cloneNode(true);
      one.querySelector("dt").textContent = labelOf(field);
      one.querySelector("dd").textContent = valueOf(field);
      return one;
    });
  list.replaceChildren(...rows);
}

function turn(isAsking) {
  if (isAsking) {
    draw();
    // What was refused before is not what is asked about now.
    document.querySelector("#faults")?.replaceChildren();
  } else panel.querySelector("dl").replaceChildren();
  panel.hidden = !isAsking;
  form.hidden = isAsking;
  if (isAsking) panel.querySelector("h2").focus();
}

if (form && panel && tick) {
  tick.closest(".govuk-form-group").hidden = true;
  tick.required = false;
  // Earlier than what sends or seals it.
  window.addEventListener("submit", (event) => {
    // What was sealed is passed on by an event of a script's own: that one was asked about already.
    if (event.target !== form || !event.isTrusted) return;
    if (isChecked) {
      isChecked = false;
      return;
    }
    // What is missing is said first; nothing is done with a form that lacks it.
    if (!form.checkValidity()) {
      tick.checked = true;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    turn(true);
  }, true);
  panel.querySelector("[data-go]").addEventListener("click", () => {
    tick.checked = true;
    isChecked = true;
    turn(false);
    form.requestSubmit();
  });
  panel.querySelector("[data-back]").addEventListener("click", () => {
    turn(false);
    form.querySelector("input:not([type=hidden]), select")?.focus();
  });
  for (const name of ["rollkeeper:locked", "pagehide"]) window.addEventListener(name, () => turn(false));
}
