// SPDX-License-Identifier: EUPL-1.2
// Improves pages that work without it: focus on errors, no double submission.
import { initAll } from "./built/govuk-frontend.min.js";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("govuk-frontend-supported");
}
initAll();
document.body.addEventListener("htmx:load", (event) => initAll({ scope: event.detail.elt }));
