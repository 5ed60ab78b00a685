/** Pages that wait to be sent, in IndexedDB: bounded, the oldest give way. */

export const MOST_PAGES = 300;
export const MOST_CHARACTERS = 64_000_000;
const STORE = "pages";

let opened = null;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("fapai", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { autoIncrement: true }).createIndex("size", "size");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function store(mode) {
  return (await open()).transaction(STORE, mode).objectStore(STORE);
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Keys and sizes of what waits, the oldest first; no body is read for it. */
async function sizes(pages) {
  const found = [];
  const request = pages.index("size").openKeyCursor();
  return new Promise((resolve, reject) => {
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return resolve(found.sort((one, other) => one.id - other.id));
      found.push({ id: cursor.primaryKey, size: cursor.key });
      return cursor.continue();
    };
  });
}

/** Which of the waiting must go so that no more wait than may; `waiting` the oldest first. */
export function surplus(waiting, mostPages = MOST_PAGES, mostCharacters = MOST_CHARACTERS) {
  let pages = waiting.length;
  let characters = waiting.reduce((sum, each) => sum + each.size, 0);
  const going = [];
  for (const each of waiting) {
    if (pages <= mostPages && characters <= mostCharacters) break;
    going.push(each.id);
    pages -= 1;
    characters -= each.size;
  }
  return going;
}

/** Add a page with where it came from; gives how many of the oldest were dropped for it. */
export async function add(entry) {
  const pages = await store("readwrite");
  await done(pages.add({ ...entry, size: entry.page.body.length }));
  const going = surplus(await sizes(pages));
  for (const id of going) await done(pages.delete(id));
  return going.length;
}

/** The oldest that wait: at most so many, and no more characters than that unless the first alone has more. */
export async function oldest(mostPages, mostCharacters) {
  const pages = await store("readonly");
  const waiting = await sizes(pages);
  const chosen = [];
  let characters = 0;
  for (const each of waiting) {
    characters += each.size;
    if (chosen.length === mostPages || (chosen.length > 0 && characters > mostCharacters)) break;
    chosen.push(each.id);
  }
  return Promise.all(chosen.map(async (id) => ({ id, ...(await done(pages.get(id))) })));
}

/** Forget pages: they were taken, or refused for good. */
export async function remove(ids) {
  const pages = await store("readwrite");
  for (const id of ids) await done(pages.delete(id));
}

/** Forget all that waits. */
export async function clear() {
  await done((await store("readwrite")).clear());
}

/** How many pages wait. */
export async function count() {
  return done((await store("readonly")).count());
}
