// SPDX-License-Identifier: EUPL-1.2
// For staff of the back office: how a figure is made, and no form lost with its session.

// How a figure is made opens where it was asked for, and closes there; without a script it is read below.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".rk-how__link");
  const said = link && document.getElementById(link.hash.slice(1))?.querySelector("dd");
  if (!said) return;
  event.preventDefault();
  const place = link.closest("dl, h2, h3, p");
  const open = place.nextElementSibling;
  const isOpen = open !== null && open.matches("[data-how]");
  link.setAttribute("aria-expanded", String(!isOpen));
  if (isOpen) {
    open.remove();
    return;
  }
  const text = Object.assign(document.createElement("div"), { className: "govuk-inset-text" });
  text.dataset.how = "";
  text.append(...said.cloneNode(true).childNodes);
  place.after(text);
});

// A form of a page that is some minutes old, or for which a person confirms that it is they (`data-confirms`), is sent once it is known
// that it will be read: where the session ended, the network is gone or they must confirm first, it stays as it was typed.
const ended = document.querySelector("[data-session-ended]");
const unconfirmed = document.querySelector("[data-unconfirmed]");
const SECOND_CLICK_MS = 1000;
let isAsking = false;
let isOurs = false;
let sentAt = -SECOND_CLICK_MS;

const accountOf = (page) => page.querySelector(".rk-account__link")?.textContent;

// What keeps the form from being read: nothing where the same person is signed in. What one person began on this page, another one who
// signed in meanwhile does not send.
async function obstacleTo(form) {
  try {
    const answer = await fetch(ended.dataset.sessionEnded, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (accountOf(page) !== accountOf(document)) return ended;
    const asking = page.querySelector("[data-confirm-at]")?.dataset.confirmAt;
    if (!asking || !("confirms" in form.dataset)) return null;
    unconfirmed.querySelector("a").href = asking;
    return unconfirmed;
  } catch {
    return ended;
  }
}

async function send(form, button) {
  isAsking = true;
  const obstacle = await obstacleTo(form);
  isAsking = false;
  for (const one of [ended, unconfirmed]) one.hidden = one !== obstacle;
  if (obstacle) {
    form.before(obstacle);
    obstacle.focus();
    return;
  }
  // After a new sign-in in another tab the old token counts no more.
  const token = form.querySelector("[name=csrfmiddlewaretoken]");
  const kept = document.cookie.split("; ").find((one) => one.startsWith(`${ended.dataset.cookie}=`));
  if (token && kept) token.value = kept.slice(ended.dataset.cookie.length + 1);
  isOurs = true;
  form.requestSubmit(button);
  isOurs = false;
  sentAt = performance.now();
}

function isDoubtful() {
  return !navigator.onLine || performance.now() > Number(ended.dataset.minutes) * 60_000;
}

if (ended) {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (isOurs || event.defaultPrevented || form.getAttribute("method") !== "post" || !form.closest("main")) return;
    if (!isDoubtful() && !("confirms" in form.dataset)) return;
    event.preventDefault();
    if (!isAsking && performance.now() - sentAt > SECOND_CLICK_MS) send(form, event.submitter);
  });
}
