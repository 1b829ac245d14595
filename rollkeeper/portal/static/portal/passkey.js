// SPDX-License-Identifier: EUPL-1.2
// Makes the browser create or use a passkey, and sends its answer with the form. If the browser cannot, the form stays hidden:
// document number and name do the same, without a script.
const can = window.PublicKeyCredential?.parseCreationOptionsFromJSON && PublicKeyCredential.parseRequestOptionsFromJSON;

async function ask(form) {
  const came = await fetch(form.dataset.passkey, { method: "POST", body: new FormData(form), redirect: "manual", cache: "no-store" });
  if (!came.headers.get("Content-Type")?.startsWith("application/json")) {
    window.location.reload(); // the visit is over: the page itself says so
    return new Promise(() => {});
  }
  const { options, said } = await came.json();
  if (!options) throw new Refusal(said);
  const credential = form.dataset.makes === "yes"
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  return JSON.stringify(credential.toJSON());
}

class Refusal extends Error {}

for (const form of can ? document.querySelectorAll("form[data-passkey]") : []) {
  const [button, said] = [form.querySelector("button"), form.querySelector("[role=status]")];
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    said.textContent = "";
    try {
      form.elements.credential.value = await ask(form);
      form.submit();
    } catch (fault) {
      said.textContent = fault instanceof Refusal && fault.message ? fault.message : form.dataset.none;
      button.disabled = false;
    }
  });
}
