// SPDX-License-Identifier: EUPL-1.2
// Improves pages that work without it: focus on errors, no double submission, buttons that print or copy a reference.
import { initAll } from "./built/govuk-frontend.min.js";

// Back and Reload come to this page by its address, and send no form again.
history.replaceState(history.state, "", window.location.href);

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
initAll();

// A browser gives the clipboard to pages that came over TLS alone.
const helpful = navigator.clipboard ? "[data-print], [data-copy]" : "[data-print]";
function showHelpful(within) {
  for (const button of within.querySelectorAll(helpful)) button.hidden = false;
}
showHelpful(document);

// In another language the page is loaded again without what was typed: no page keeps that anywhere.
const languages = document.querySelector(".rk-languages");
let isTyped = false;
document.addEventListener("input", () => { isTyped = true; });
languages?.addEventListener("submit", (event) => {
  if (isTyped && !window.confirm(languages.dataset.typed)) event.preventDefault();
});

async function copy(button) {
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    window.getSelection().selectAllChildren(button.previousElementSibling); // so that the keys of the browser copy it
    return;
  }
  if (before === button.dataset.copied) return;
  const said = button.nextElementSibling; // for those who hear the page
  said.textContent = button.textContent = button.dataset.copied;
  setTimeout(() => { said.textContent = ""; button.textContent = before; }, 2000);
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
  const copying = event.target.closest("[data-copy]");
  if (copying) copy(copying);
});
document.body.addEventListener("htmx:load", (event) => {
  if (event.detail.elt === document.body) return; // the page itself, which is done above
  initAll({ scope: event.detail.elt });
  showHelpful(event.detail.elt.parentElement);
});

// htmx begins once the page is whole.
const htmx = document.querySelector("link[data-htmx]");
if (htmx) {
  const begin = () => document.head.append(Object.assign(document.createElement("script"), { src: htmx.href }));
  if (document.readyState === "complete") begin();
  else window.addEventListener("load", begin, { once: true });
}
