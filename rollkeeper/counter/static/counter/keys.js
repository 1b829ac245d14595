// SPDX-License-Identifier: EUPL-1.2
// The keys of the counter, which the page lists under "?": only keys that no field needs. And what waits for people is looked for again.
const KEYS = {
  F2: () => document.querySelector("a[data-key=F2]"),
  F4: () => document.querySelector("a[data-first], a[data-key=F4]"),
  F9: () => document.querySelector("a[data-key=F9]"),
};
const LOOK_MS = 5_000;

window.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || !(event.key in KEYS)) return;
  const to = KEYS[event.key]();
  if (!to) return;
  event.preventDefault();
  to.click();
});

const help = document.querySelector("dialog[data-keys]");
for (const button of document.querySelectorAll("[data-keys-button]")) {
  button.hidden = false;
  button.addEventListener("click", () => help.showModal());
}

/** Take in what the register says now, unless someone is at work in it. */
async function refresh(part) {
  const answer = await fetch(window.location.href, { headers: { Accept: "text/html" }, cache: "no-store", redirect: "error" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-refresh]");
  if (!fresh) return window.location.reload();
  if (fresh.dataset.refresh !== part.dataset.refresh && !part.contains(document.activeElement)) part.replaceWith(fresh);
}

async function count(place) {
  const answer = await fetch(place.dataset.waiting, { headers: { Accept: "application/json" }, cache: "no-store", redirect: "error" });
  if (!answer.ok) return;
  const { waiting } = await answer.json();
  place.textContent = waiting;
  place.hidden = !waiting;
}

if (document.querySelector("[data-refresh], [data-waiting]")) {
  const turn = setInterval(() => {
    if (!navigator.onLine || document.hidden) return;
    const [part, place] = [document.querySelector("[data-refresh]"), document.querySelector("[data-waiting]")];
    // Without a network it is tried again.
    if (part) refresh(part).catch(() => undefined);
    if (place) count(place).catch(() => undefined);
  }, LOOK_MS);
  window.addEventListener("rollkeeper:locked", () => clearInterval(turn));
}
