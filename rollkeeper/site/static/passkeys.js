// SPDX-License-Identifier: EUPL-1.2
// Begins what django-allauth does with passkeys. Its own way there would hold the page up until all of it has come.
import "./mfa/js/webauthn-json.js";
import "./mfa/js/webauthn.js";

if (document.readyState === "loading") await new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve));
for (const one of document.querySelectorAll("script[data-allauth-onload]")) {
  const [, ...path] = one.dataset.allauthOnload.split(".");
  path.reduce((found, part) => found[part], window.allauth)(JSON.parse(one.textContent));
}
for (const button of document.querySelectorAll("[data-passkey-begins]")) button.disabled = false;

// A counter that was locked opens again in two moves where a passkey was used on this device before: Enter, and the key.
const signIn = document.querySelector("#passkey_login");
signIn?.addEventListener("click", () => localStorage.setItem("rollkeeper-passkey", "used"));
if (signIn && window.location.hash === "#locked" && localStorage.getItem("rollkeeper-passkey")) signIn.focus();
