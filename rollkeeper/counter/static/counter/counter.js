// SPDX-License-Identifier: EUPL-1.2
// Prints a receipt; empties every form when its page is left, so that the back button brings nothing back.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
window.addEventListener("pagehide", () => {
  for (const form of document.querySelectorAll("form[data-quiet]")) form.reset();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});
// A submission that failed on the way may be sent again: its key keeps it from happening twice.
document.body.addEventListener("htmx:afterRequest", (event) => {
  for (const button of event.target.querySelectorAll("button[type=submit]")) button.disabled = false;
});
document.body.addEventListener("htmx:beforeRequest", (event) => {
  for (const button of event.target.querySelectorAll("button[type=submit]")) button.disabled = true;
});
