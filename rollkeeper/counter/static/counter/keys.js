// SPDX-License-Identifier: EUPL-1.2
// The keys of the counter, which the page lists under "?": only keys that no field needs. And what waits for people is looked for again.
const help = document.querySelector("dialog[data-keys]");
const waits = [...document.querySelectorAll("nav a")].filter((one) => one.pathname === help?.dataset.f9);
const KEYS = {
  F2: () => help.dataset.f2,
  F4: () => document.querySelector("a[data-first]")?.href ?? help.dataset.f4,
  F9: () => waits[0]?.href,
};
const LOOK_MS = 5_000;

window.addEventListener("keydown", (event) => {
  if (!help || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || !(event.key in KEYS)) return;
  const to = KEYS[event.key]();
  if (!to) return;
  event.preventDefault();
  window.location.assign(to);
});

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

async function count() {
  const answer = await fetch(help.dataset.count, { headers: { Accept: "application/json" }, cache: "no-store", redirect: "error" });
  if (!answer.ok) return;
  const { waiting } = await answer.json();
  for (const link of waits) {
    link.querySelector(".rk-count")?.remove();
    if (waiting) link.append(Object.assign(document.createElement("span"), { className: "rk-count", textContent: waiting }));
  }
}

if (document.querySelector("[data-refresh]") || waits.length) {
  const turn = setInterval(() => {
    if (!navigator.onLine || document.hidden) return;
    const part = document.querySelector("[data-refresh]");
    // Without a network it is tried again.
    if (part) refresh(part).catch(() => undefined);
    if (waits.length) count().catch(() => undefined);
  }, LOOK_MS);
  window.addEventListener("rollkeeper:locked", () => clearInterval(turn));
}
