// SPDX-License-Identifier: EUPL-1.2
// Empties every form when its page is left, what was read of a picture included, so that the back button brings nothing back.
/** Empty every form, what was read of a picture included: a reset alone would bring that back. */
export function empty() {
  for (const gone of document.querySelectorAll("[data-clear-on-leave]")) gone.remove();
  for (const field of document.querySelectorAll("form[data-quiet] [name*=__]")) {
    if (field.tagName === "SELECT") for (const [nth, option] of [...field.options].entries()) option.defaultSelected = nth === 0;
    else if (field.type !== "checkbox") field.value = field.defaultValue = "";
  }
  for (const form of document.forms) form.reset();
}
window.addEventListener("pagehide", empty);
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
