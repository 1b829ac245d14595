// SPDX-License-Identifier: EUPL-1.2
// Caches the files of the app and its empty forms without a user, and serves them without a network. It caches nothing else: no
// pages of a user, answers or submissions. The line above lists the files, by their hashes.
const FILES = `rollkeeper-files-${CACHED.version}`;
const FORMS = "rollkeeper-forms";
const PATHS = [...CACHED.files, ...CACHED.lazy].map((file) => file.split("?")[0]);
const PATIENCE_MS = 10_000;
// The app may be under a path of its host.
const APP = new URL("./", self.location).pathname;
const KEPT = `${APP}offline/forms/`;
const OFFLINE_START = new URL(KEPT, self.location.origin);

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(FILES)
      .then((cache) => cache.addAll(CACHED.files.map((file) => new Request(file, { cache: "no-cache" }))))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith("rollkeeper-files-") && name !== FILES))
      .then((old) => Promise.all(old.map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

// A page asks to be taken over; nothing else is ever said to the worker.
self.addEventListener("message", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method !== "GET") {
    // A form that needs the register and has no own script: without a network, show the offline forms.
    if (request.mode === "navigate") event.respondWith(fetch(request).catch(async () => (await cachedForm(OFFLINE_START)) ?? Response.error()));
  } else if (PATHS.includes(url.pathname)) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(request, url));
});

async function file(request) {
  const cache = await caches.open(FILES);
  const found = await cache.match(request, { ignoreVary: true, ignoreSearch: true });
  if (found) return found;
  const fresh = await fetch(request);
  if (fresh.ok) await cache.put(request, fresh.clone());
  return fresh;
}

// Nothing comes, nothing comes for long, or the register is out of reach: an empty form of the same address, where it has one.
async function page(request, url) {
  const answer = fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  try {
    const first = await Promise.race([answer, late]);
    if (first && first.status !== 503) return first;
    return (await cachedForm(url)) ?? first ?? (await answer);
  } catch (fault) {
    answer.catch(() => undefined);
    return (await cachedForm(url)) ?? Response.error();
  }
}

async function cachedForm(url) {
  const cache = await caches.open(FORMS);
  const path = url.pathname.startsWith(KEPT) ? url.pathname : `${KEPT}${url.pathname.slice(APP.length)}`;
  const kind = url.searchParams.get("kind") ?? "individual";
  return (
    (await cache.match(`${path}?kind=${kind}`)) ?? (await cache.match(path)) ?? (await cache.match(KEPT))
  );
}
