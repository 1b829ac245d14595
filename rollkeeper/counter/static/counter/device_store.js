// SPDX-License-Identifier: EUPL-1.2
// What this device stores of the counter: sealed offline registrations, and the newest ticket. It never gets anything in clear.
const opening = new Promise((resolve, reject) => {
  const asked = indexedDB.open("rollkeeper-counter", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("submissions", { keyPath: "key" });
    asked.result.createObjectStore("state", { keyPath: "name" });
  };
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

async function within(store, mode, work) {
  const database = await opening;
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const asked = work(transaction.objectStore(store));
    transaction.oncomplete = () => resolve(asked.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export const keep = (store, value) => within(store, "readwrite", (into) => into.put(value));
export const forget = (store, key) => within(store, "readwrite", (from) => from.delete(key));
export const one = (store, key) => within(store, "readonly", (from) => from.get(key));
export const all = (store) => within(store, "readonly", (from) => from.getAll());
