// SPDX-License-Identifier: EUPL-1.2
// Puts what is wrong next to each field, as the page without a script has it: an answer of the register is a summary alone.
const summary = document.querySelector("#faults");
const title = document.title;

function clear(form) {
  for (const group of form.querySelectorAll(".govuk-form-group--error")) group.classList.remove("govuk-form-group--error");
  for (const said of form.querySelectorAll("[data-inline-error]")) said.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.classList.remove("govuk-input--error", "govuk-select--error", "govuk-textarea--error");
    const described = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((one) => one && one !== `${field.id}_error`);
    if (described.length) field.setAttribute("aria-describedby", described.join(" "));
    else field.removeAttribute("aria-describedby");
  }
  document.title = title;
}

function mark(link) {
  const field = document.getElementById(link.hash.slice(1));
  const group = field?.closest(".govuk-form-group");
  if (!group) return;
  for (let fold = field.closest("details:not([open])"); fold; fold = fold.parentElement.closest("details:not([open])")) fold.open = true;
  let said = document.getElementById(`${field.id}_error`);
  if (!said) {
    said = Object.assign(document.createElement("div"), { id: `${field.id}_error` });
    said.dataset.inlineError = "";
    (field.closest(".govuk-checkboxes, .govuk-radios") ?? field).before(said);
  }
  const line = Object.assign(document.createElement("p"), { className: "govuk-error-message" });
  const hidden = Object.assign(document.createElement("span"), { className: "govuk-visually-hidden", textContent: `${summary.dataset.error} ` });
  const words = link.cloneNode(true);
  words.querySelector(".rk-fault__field")?.remove();
  line.append(hidden, ...words.childNodes);
  said.append(line);
  group.classList.add("govuk-form-group--error");
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), said.id].filter((one, at, all) => one && all.indexOf(one) === at).join(" "));
  for (const kind of ["input", "select", "textarea"]) if (field.classList.contains(`govuk-${kind}`)) field.classList.add(`govuk-${kind}--error`);
}

/** Show the faults of the summary next to their fields, and say in the title that there are some. */
function show() {
  const form = document.querySelector("form[data-quiet]");
  if (!form) return;
  clear(form);
  const links = [...summary.querySelectorAll(".govuk-error-summary__list a")];
  for (const link of links) mark(link);
  for (const doubtful of summary.querySelectorAll("[data-doubtful]")) {
    for (const one of document.querySelectorAll("[data-when-doubtful]")) one.hidden = false;
    doubtful.remove();
  }
  if (summary.querySelector(".govuk-error-summary")) document.title = `${summary.dataset.error} ${title}`;
}

function sayNoReceipt(form, why) {
  clear(form);
  const said = document.querySelector("[data-not-taken]").content.cloneNode(true);
  said.querySelector(`[data-${why}]`).hidden = false;
  summary.replaceChildren(said);
  summary.firstElementChild.focus();
  document.title = `${summary.dataset.error} ${title}`;
}

// After a new sign-in in another tab the old token counts no more. The register is told whose page this is: what one clerk typed is not
// recorded in the name of another who signed in meanwhile.
document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  const account = document.querySelector("[data-account]")?.dataset.account;
  const name = document.querySelector("[data-not-taken]")?.dataset.cookie;
  const kept = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  if (!account || !kept || !detail.parameters.csrfmiddlewaretoken) return;
  detail.headers["X-Page-Of"] = encodeURIComponent(account);
  detail.parameters.csrfmiddlewaretoken = kept.slice(name.length + 1);
});

if (summary?.dataset.error) {
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === summary) show();
  });
  // An answer that is neither faults nor a receipt is not drawn, and without a network there is none: that is said here. What can
  // be sealed waits on the device instead.
  document.body.addEventListener("htmx:responseError", ({ detail: { elt, xhr } }) => {
    if (elt.matches("form[data-quiet]")) sayNoReceipt(elt, xhr.status === 401 ? "signed-out" : "refused");
    else if (xhr.status === 401) sayNoReceipt(document.querySelector("form[data-quiet]"), "signed-out");
  });
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.body.addEventListener(name, ({ detail: { elt } }) => {
      if (elt.matches("form[data-quiet]:not([data-offline])")) sayNoReceipt(elt, "no-answer");
    });
  }
}
