// SPDX-License-Identifier: EUPL-1.2
// Goes on without a network. A submission is sealed first and stored as ciphertext; an answer of the register removes it; without
// one it waits, is submitted in order, once, when the network is back, and the clerk sees its outcome.
import { empty } from "./counter.js";
import * as store from "./device_store.js";

const panel = document.querySelector("[data-offline-queue]");
const slip = document.querySelector("[data-slip]");
const list = panel.querySelector("[data-list]");
const state = panel.querySelector("[data-state]");
const printer = panel.querySelector("[data-printer]");
const texts = panel.querySelector("template[data-texts]").content;
const rowOf = panel.querySelector("template[data-row]").content;
const isKept = panel.hasAttribute("data-offline-form");
const DAY_MS = 86_400_000;
const TRYING_MS = 60_000;
const ANSWER_MS = JSON.parse(document.querySelector("meta[name=htmx-config]").content).timeout;
const POLL_MS = 3_000;

let here = null; // the ticket of this page, with the steady clock's reading when it came
let spare = null; // the newest ticket of this device, for a page that was opened without a network
let formsToCache = null; // which empty forms this device has still to fetch
let isAway = isKept;
let trouble = "";
const passing = new WeakSet();
const locked = new AbortController(); // a page that was locked asks nothing more
window.addEventListener("rollkeeper:locked", () => locked.abort());

const text = (name) => texts.querySelector(`[data-text="${name}"]`).textContent;
// As every other page writes a day and a time: not as an American one does.
const shown = (at) => {
  const [when, language] = [new Date(at), document.documentElement.lang];
  const time = when.toLocaleTimeString("en-GB", { timeStyle: "short" });
  // No browser knows a Tibetan day.
  if (language === "bo") return `${when.getFullYear()} ལོའི་ཟླ་ ${when.getMonth() + 1} པའི་ཚེས་ ${when.getDate()} ཆུ་ཚོད་ ${time}`;
  const day = when.toLocaleDateString(language === "en" ? "en-GB" : language, { dateStyle: "long" });
  return `${day}${language === "zh-hans" ? "" : ","} ${time}`;
};
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// ---- asking the register ----

const isSignedOut = ({ status }) => status === 401 || status === 403;

function csrf() {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${panel.dataset.cookie}=`));
  return found ? found.slice(panel.dataset.cookie.length + 1) : "";
}

/** Ask the register; null without an answer, "signed-out" without a session, else the answer. */
async function ask(address, said) {
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      body: JSON.stringify(said ?? {}),
      headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": csrf() },
      signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS), locked.signal]),
      cache: "no-store",
    });
  } catch {
    isAway = true;
    return null;
  }
  isAway = false;
  if (isSignedOut(answer)) return "signed-out";
  if (!(answer.headers.get("Content-Type") ?? "").includes("json")) return null;
  try {
    return { ok: answer.ok, status: answer.status, ...(await answer.json()) };
  } catch {
    return null;
  }
}

async function getTicket() {
  const answer = await ask(panel.dataset.ticket);
  if (answer) trouble = answer === "signed-out" ? "signed-out" : "";
  if (!answer?.ok) return;
  const pinned = await store.one("state", `half-${answer.key}`);
  if (pinned && pinned.half !== answer.half) {
    trouble = "half-changed";
    return;
  }
  await store.keep("state", { name: `half-${answer.key}`, half: answer.half });
  const ticket = { name: "ticket", ticket: answer.ticket, key: answer.key, half: answer.half, days: answer.days, device: Date.now() };
  await store.keep("state", ticket);
  [spare, here] = [ticket, { ...ticket, steady: performance.now() }];
  formsToCache = answer;
}

/** Whether all is kept; breaks off where the network goes, and what the register did not give is asked for at the next turn. */
async function cacheForms({ forms, version }) {
  if (!("serviceWorker" in navigator) || !("caches" in window)) return true;
  await navigator.serviceWorker.register(panel.dataset.worker);
  // A page that was on its way when the worker began was not taken over: without it, its sealing could not be had offline.
  // It does not wait for the forms, which a bad wire may keep back for long.
  void navigator.serviceWorker.ready.then((worker) => navigator.serviceWorker.controller ?? worker.active.postMessage("claim"));
  if ((await store.one("state", "forms"))?.version !== version) {
    const cache = await caches.open("rollkeeper-forms");
    const answer = await fetch(forms, { headers: { Accept: "application/json" }, cache: "no-store", signal: locked.signal });
    if (!answer.ok || answer.redirected) return false;
    // A kept form has the headers with which they came, its security policy among them.
    const headers = new Headers([...answer.headers].filter(([name]) => !/^content-(type|length|encoding)$/.test(name)));
    headers.set("Content-Type", "text/html; charset=utf-8");
    for (const [address, form] of Object.entries(await answer.json())) await cache.put(address, new Response(form, { headers }));
    await store.keep("state", { name: "forms", version });
  }
  return navigator.serviceWorker.controller !== null;
}

// ---- taking down ----

async function sealed(form, taken) {
  const ticket = here ?? spare;
  if (Date.now() - ticket.device > ticket.days * DAY_MS) throw new Error("too-long");
  const [elapsed, clock] = here ? [taken.steady - here.steady, "monotonic"] : [Math.max(0, taken.device - ticket.device), "device"];
  const given = new FormData(form);
  // A carried line is this clerk's alone; the newest ticket of the device may be another's.
  if (!here && `${given.get("number")}`.startsWith("handle:")) throw new Error("not-sealed");
  const key = given.get("submission_key") || crypto.randomUUID();
  // Values read from a picture earlier are not sent: an offline registration counts as typed.
  const left = /^(submission_key|csrfmiddlewaretoken|picture|\w+__(read|copy|copy_mark))$/;
  const fields = Object.fromEntries([...given].filter(([name, value]) => typeof value === "string" && !left.test(name)));
  const { seal } = await import("../built/sealing.js");
  const clear = JSON.stringify({ v: 1, action_kind: form.dataset.offline, kind: form.dataset.kind, fields, elapsed_ms: Math.round(elapsed), clock });
  const half = Uint8Array.from(atob(ticket.half), (letter) => letter.charCodeAt(0));
  const envelope = await seal(clear, { half, key: ticket.key, ticket: ticket.ticket, submissionKey: key });
  return {
    key, ticket: ticket.ticket, sealed: envelope, action_kind: form.dataset.offline, title: buttonsOf(form)[0].textContent.trim(),
    at: taken.device, state: "trying", until: Date.now() + TRYING_MS,
  };
}

/** Tell whether a form without an answer of the server can be taken down; else the browser says what is missing. */
function isComplete(form) {
  for (const state of form.querySelectorAll("[data-state-of]")) {
    const field = (name) => form.elements[state.name.slice(0, -"state".length) + name];
    state.required = state.dataset.stateOf.split(" ").includes(field("type").value) && field("number").value.trim() !== "";
  }
  return form.reportValidity();
}

// A chosen or read picture is not sent; the clerk must know that.
function hasPicture(form) {
  const chosen = [...form.querySelectorAll("input[type=file]")].some((field) => field.files.length);
  return chosen || [...form.elements].some((field) => /__(read|copy)$/.test(field.name) && field.value);
}

// The form's own: a button in it that reads a picture belongs to another form.
const buttonsOf = (form) => [...form.elements].filter((one) => one.type === "submit");

function hold(form, isHeld) {
  for (const button of buttonsOf(form)) button.disabled = isHeld;
}

async function submitted(event) {
  const form = event.target;
  if (!form.matches("form[data-offline]") || passing.has(form)) return;
  if (!here && !spare && !isKept) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const taken = { steady: performance.now(), device: Date.now() };
  const goes = !isKept && navigator.onLine;
  if (!(goes && window.htmx) && !isComplete(form)) return;
  hold(form, true);
  try {
    const record = await sealed(form, taken);
    await store.keep("submissions", record).catch(() => {
      throw new Error("not-kept");
    });
    if (goes && (await hasHtmx())) pass(form, record);
    else await wait(form, record);
  } catch (fault) {
    hold(form, false);
    form.unsealed = ["too-long", "not-kept"].includes(fault.message) ? fault.message : "not-sealed";
    if (goes && window.htmx) pass(form, null);
    else await show(form.unsealed);
  }
}

/** Whether a form can be sent. What sends it comes after the page: a clerk may be quicker. */
async function hasHtmx() {
  if (window.htmx) return true;
  const came = new Promise((resolve) => document.body.addEventListener("htmx:load", () => resolve(true), { once: true }));
  return Promise.race([came, pause(ANSWER_MS)]);
}

function pass(form, record) {
  form.pending = record;
  passing.add(form);
  try {
    window.htmx.trigger(form, "submit");
  } finally {
    passing.delete(form);
  }
}

// No answer: the entries are sealed and wait; the page keeps nothing of them.
async function wait(form, record) {
  await store.keep("submissions", { ...record, state: "waiting" });
  form.pending = null;
  slip.querySelector("[data-slip-left]").hidden = !hasPicture(form);
  empty();
  hold(form, false);
  form.querySelector("[name=submission_key]").value = crypto.randomUUID();
  document.querySelector("#faults")?.replaceChildren();
  for (const [name, value] of Object.entries({ at: shown(record.at), key: record.key, action: record.title })) {
    slip.querySelector(`[data-slip-${name}]`).textContent = value;
  }
  slip.hidden = false;
  slip.querySelector("h2").focus();
  await draw();
}

document.addEventListener("submit", submitted, true);
document.body.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, elt } = event.detail;
  const record = elt.pending;
  if (!record) return;
  const isElsewhere = !xhr.responseURL.endsWith(elt.getAttribute("hx-post"));
  const to = xhr.getResponseHeader("HX-Redirect");
  const isAnswer = to !== null || xhr.responseText.includes("govuk-error-summary");
  if (xhr.status >= 400 && !isAnswer && !elt.checkValidity()) {
    // Nothing missing is taken down: `inline_errors.js` says that no receipt came.
    elt.pending = null;
    void store.forget("submissions", record.key);
  } else if (isElsewhere || isSignedOut(xhr) || xhr.status >= 500 || !isAnswer) {
    event.preventDefault();
    trouble = isElsewhere || isSignedOut(xhr) ? "signed-out" : "";
    void wait(elt, record);
  } else if (to !== null) {
    event.preventDefault();
    elt.pending = null;
    store.forget("submissions", record.key).finally(() => window.location.assign(to));
  } else {
    elt.pending = null;
    void store.forget("submissions", record.key);
  }
});
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:sendAbort"]) {
  document.body.addEventListener(name, (event) => {
    const record = event.detail.elt.pending;
    isAway = true;
    if (record) void wait(event.detail.elt, record);
    else if (event.detail.elt.matches("form[data-offline]")) void show(trouble || event.detail.elt.unsealed || "not-sealed");
  });
}

// ---- handing in ----

async function submitWaiting() {
  await navigator.locks.request("rollkeeper-offline", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    for (const record of await waiting()) {
      const answer = await ask(panel.dataset.submit, { key: record.key, ticket: record.ticket, sealed: base64(record.sealed) });
      trouble = answer === "signed-out" ? "signed-out" : trouble === "signed-out" && answer ? "" : trouble;
      if (answer === null || answer === "signed-out" || answer.status >= 500) return;
      const { sealed: _, ...rest } = record;
      await store.keep("submissions", answer.ok ? { ...rest, state: "sent" } : { ...rest, state: "refused", said: [{ sentence: answer.title, remedy: answer.detail }] });
    }
    await pollOutcomes();
  });
}

async function waiting() {
  const found = (await store.all("submissions")).filter((one) => one.sealed && (one.state === "waiting" || one.until < Date.now()));
  return found.sort((one, other) => one.at - other.at);
}

async function pollOutcomes() {
  const sent = (await store.all("submissions")).filter((one) => one.state === "sent" || one.state === "failed");
  if (!sent.length) return;
  const answer = await ask(panel.dataset.outcomes, { keys: sent.slice(0, 200).map((one) => one.key) });
  for (const came of answer?.submissions ?? []) {
    const record = sent.find((one) => one.key === came.key);
    if (came.outcome) await store.keep("submissions", { ...record, state: came.outcome, said: came.said });
  }
}

function base64(bytes) {
  let letters = "";
  for (const byte of bytes) letters += String.fromCharCode(byte);
  return btoa(letters);
}

// ---- showing ----

async function show(name) {
  trouble = name;
  await draw();
  panel.querySelector("h2").focus();
}

async function draw() {
  const records = (await store.all("submissions")).filter((one) => one.state !== "trying" || one.until < Date.now());
  records.sort((one, other) => one.at - other.at);
  const open = records.filter((one) => one.sealed).length;
  state.textContent = trouble ? text(trouble) : isAway || !navigator.onLine ? text("away") : isKept ? text("back") : "";
  panel.querySelector("[data-count]").textContent = open;
  panel.querySelector("[data-some-wait]").hidden = !open;
  panel.querySelector("[data-none-waits]").hidden = Boolean(open);
  // No one answers now whether a number is doubtful: the second comparison is asked for at once.
  if (isAway || isKept) for (const one of document.querySelectorAll("[data-when-doubtful]")) one.hidden = false;
  const wanted = records.map(row);
  const drawn = wanted.map((one) => one.outerHTML).join("");
  if (list.dataset.drawn !== drawn) {
    list.dataset.drawn = drawn;
    list.replaceChildren(...wanted);
  }
  printer.hidden = !records.length;
  panel.hidden = !records.length && !state.textContent;
}

function row(record) {
  const one = rowOf.cloneNode(true).firstElementChild;
  const kind = record.sealed ? "waiting" : record.state;
  one.dataset.key = record.key;
  one.dataset.outcome = kind;
  one.querySelector("[data-what]").textContent = record.title;
  one.querySelector("[data-reference]").textContent = `…${record.key.slice(-6)}`;
  one.querySelector("[data-at]").textContent = shown(record.at);
  one.querySelector("[data-outcome]").textContent = text(kind);
  const receipt = one.querySelector("[data-receipt]");
  receipt.hidden = kind !== "done";
  receipt.href = `${panel.dataset.receipts}${record.key}/`;
  for (const said of record.said ?? []) {
    const line = document.createElement("p");
    line.className = "govuk-body-s";
    if (said.language) line.lang = said.language;
    line.textContent = [said.sentence, said.article, said.remedy].filter(Boolean).join(" ");
    one.append(line);
  }
  const remove = one.querySelector("[data-remove]");
  remove.hidden = !["done", "refused"].includes(kind);
  return one;
}

printer.addEventListener("click", () => {
  document.body.classList.add("rk-prints-list");
  window.print();
});
window.addEventListener("afterprint", () => document.body.classList.remove("rk-prints-list"));
list.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-remove]");
  if (!button) return;
  await store.forget("submissions", button.closest("[data-key]").dataset.key);
  await draw();
  panel.querySelector("h2").focus();
});
window.addEventListener("online", () => void run());
window.addEventListener("offline", () => {
  isAway = true;
  void draw();
});

async function run() {
  const records = await store.all("submissions");
  if (records.some((one) => !["done", "refused"].includes(one.state)) && navigator.onLine) await submitWaiting();
  if (!here && !isKept && navigator.onLine) await getTicket();
  if (formsToCache && navigator.onLine) {
    try {
      if (await cacheForms(formsToCache)) formsToCache = null;
    } catch {
      isAway = true;
    }
  }
  await draw();
}

for (const field of document.querySelectorAll("form[data-offline] [name=submission_key]")) field.value ||= crypto.randomUUID();
for (const form of document.querySelectorAll("form[data-offline]")) {
  for (const field of form.querySelectorAll("[name=submission_key]")) field.defaultValue = field.value;
}
spare = (await store.one("state", "ticket")) ?? null;
await draw();
while (!locked.signal.aborted) {
  await run().catch(reportError); // a failed run is reported to the console; the next one runs all the same
  await pause(POLL_MS);
}
