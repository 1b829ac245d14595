// SPDX-License-Identifier: EUPL-1.2
// Locks the counter: by F8, by its button, and after the idle time in the instance's settings. Typed data is cleared before any
// network request; other tabs follow. Without a network the device remembers, and signs out when the register answers again.
import * as store from "./device_store.js";

const form = document.querySelector("form[data-lock]");
const isKept = document.querySelector("[data-offline-form]") !== null;
const idleMs = Number(form?.dataset.lock ?? 0) * 60_000;
const ANSWER_MS = 5_000;
const POLL_MS = 1_000;
const tabs = new BroadcastChannel("rollkeeper-lock");
let touched = Date.now();
let isLocked = false;

function wipe() {
  isLocked = true;
  window.dispatchEvent(new Event("rollkeeper:locked"));
  for (const one of document.forms) one.reset();
  document.querySelector("[data-slip]")?.remove();
  document.querySelector("main").replaceChildren();
}

const leave = () => window.location.replace(`${form?.dataset.to ?? document.querySelector(".rk-header__name").pathname}#locked`);

async function lock() {
  if (isLocked) return;
  const said = form && new FormData(form);
  tabs.postMessage("wipe");
  wipe();
  try {
    if (form) await fetch(form.action, { method: "POST", body: said, redirect: "manual", cache: "no-store", keepalive: true, signal: AbortSignal.timeout(ANSWER_MS) });
    await store.forget("state", "locked");
  } catch {
    // A browser may keep nothing, as one without room: the page is left all the same.
    await store.keep("state", { name: "locked" }).catch(() => undefined);
  }
  tabs.postMessage("leave");
  leave();
}

function touch() {
  if (Date.now() - touched > POLL_MS) tabs.postMessage("touched");
  touched = Date.now();
}

function look() {
  if (idleMs && Date.now() - touched >= idleMs) void lock();
}

if (form || isKept) {
  window.addEventListener("keydown", (event) => {
    if (event.key !== "F8" || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void lock();
  }, true);
  for (const name of ["keydown", "pointerdown", "input"]) window.addEventListener(name, touch, true);
  tabs.addEventListener("message", ({ data }) => {
    if (data === "touched") touched = Date.now();
    else if (data === "wipe") wipe();
    else leave();
  });
  document.addEventListener("visibilitychange", look);
  setInterval(look, POLL_MS);
}
if (form) {
  const button = form.querySelector("button");
  button.setAttribute("aria-keyshortcuts", "F8");
  button.querySelector("kbd").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void lock();
  });
  if (await store.one("state", "locked")) void lock();
}
