// SPDX-License-Identifier: EUPL-1.2
// Improves pages that work without it: focus on errors, no double submission, a button that prints.
import { initAll } from "./built/govuk-frontend.min.js";

// Back and Reload come to this page by its address, and send no form again.
history.replaceState(history.state, "", window.location.href);

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
initAll();

function showPrinting(within) {
  for (const button of within.querySelectorAll("[data-print]")) button.hidden = false;
}
showPrinting(document);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
document.body.addEventListener("htmx:load", (event) => {
  if (event.detail.elt === document.body) return; // the page itself, which is done above
  initAll({ scope: event.detail.elt });
  showPrinting(event.detail.elt.parentElement);
});

// htmx begins once the page is whole.
const htmx = document.querySelector("link[data-htmx]");
if (htmx) {
  const begin = () => document.head.append(Object.assign(document.createElement("script"), { src: htmx.href }));
  if (document.readyState === "complete") begin();
  else window.addEventListener("load", begin, { once: true });
}
