/** The background: takes what the pages' readers hand over, queues and sends it, and tells tabs what is known. */

import * as queue from "./queue.js";
import { isOurs, send, sendSoon } from "./sending.js";
import { knownHome } from "./server.js";
import { EMPTY, isOn, keep, load, note, readPairing } from "./settings.js";
import * as tally from "./tally.js";

chrome.storage.local.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" });

const OWN = chrome.runtime.getURL("");

/** Of readers in pages. */
const FROM_PAGES = {
  async begin({ visit, address }, tab) {
    const settings = await load();
    const is = isOn(settings);
    if (is) {
      await tally.begin(tab, visit, address);
      tellKnown(settings, tab, visit, address, null);
    }
    return { isOn: is };
  },

  async page({ visit, address, page, isDocument }, tab) {
    if (!isOn(await load())) return;
    const dropped = await queue.add({ tab, visit, address, isDocument, page });
    if (dropped > 0) await note([], { dropped });
    sendSoon(tellTab);
  },
};

/** Of the options page. */
const FROM_OPTIONS = {
  async status() {
    const { server, ...settings } = await load();
    return { ...settings, address: server?.address ?? null, waiting: await queue.count() };
  },

  async pair({ line }) {
    const server = readPairing(line);
    if (server === null) return { isRead: false };
    await keep({ server, trouble: null });
    await send(tellTab);
    await probe(server);
    return { isRead: true };
  },

  async unpair() {
    await queue.clear();
    await keep({ server: null, trouble: null });
  },

  async set({ name, value }) {
    if (["isPaused", "isPanelOn"].includes(name)) await keep({ [name]: Boolean(value) });
  },

  async sendNow() {
    const { server } = await load();
    if (server === null) return;
    await send(tellTab);
    await probe(server);
  },

  async forget() {
    await keep({ log: EMPTY.log, counts: EMPTY.counts });
  },
};

/** See whether fapai is there and knows us, by a question that it answers in any case. */
async function probe(server) {
  try {
    await knownHome(server, "http://127.0.0.1/", null);
    await keep({ trouble: null });
  } catch (refusal) {
    await keep({ trouble: refusal.why ?? "unreachable" });
  }
}

/** Tell a tab what became of one of its pages. */
async function tellTab(entry, outcome, why) {
  if (outcome === null) {
    await tally.tellTrouble(entry.tab, why, await queue.count());
    return;
  }
  const told = await tally.add(entry, outcome);
  if (told === null || outcome.listings.length === 0) return;
  const name = entry.isDocument && outcome.listings.length === 1 ? outcome.listings[0].name : null;
  tellKnownSoon(entry, name);
}

const asking = new Map();

/** Once for all that was read of a page: it comes in parts. */
function tellKnownSoon({ tab, visit, address }, name) {
  const before = asking.get(tab);
  clearTimeout(before?.timer);
  const told = name ?? (before?.visit === visit ? before.name : null);
  const timer = setTimeout(async () => {
    asking.delete(tab);
    await tellKnown(await load(), tab, visit, address, told);
  }, 100);
  asking.set(tab, { timer, visit, name: told });
}

/** Show the panel in a tab if its home is known; gives whether it was told. */
async function tellKnown(settings, tab, visit, address, name, isAsked = false) {
  try {
    const home = await knownHome(settings.server, address, name);
    if (home === null || !(settings.isPanelOn || isAsked)) return false;
    await chrome.tabs.sendMessage(tab, { kind: "known", visit, address, home, isAsked });
    return true;
  } catch {
    return false; // fapai is not there, or the tab is gone: the badge tells the one, the other needs nothing
  }
}

/** The button: the panel where a home is known, else the options. */
async function press(tab) {
  const settings = await load();
  const told = tab.id === undefined ? null : await tally.ofTab(tab.id);
  const names = Object.keys(told?.listings ?? {});
  const name = names.length === 1 ? names[0] : null;
  const isShown = told && isOn(settings) && (await tellKnown(settings, tab.id, told.visit, told.address, name, true));
  if (!isShown) await chrome.runtime.openOptionsPage();
}

chrome.runtime.onMessage.addListener((message, sender, answer) => {
  if (sender.id !== chrome.runtime.id) return false;
  const isOptions = (sender.url ?? "").startsWith(OWN);
  const known = isOptions ? FROM_OPTIONS : FROM_PAGES;
  if (!Object.hasOwn(known, message.kind) || (!isOptions && sender.tab?.id === undefined)) return false;
  known[message.kind](message, sender.tab?.id).then(answer, () => answer(undefined));
  return true;
});

chrome.action.onClicked.addListener(press);
chrome.tabs.onRemoved.addListener((tab) => tally.forget(tab));
chrome.alarms.onAlarm.addListener((alarm) => {
  if (isOurs(alarm)) send(tellTab);
});
chrome.runtime.onStartup.addListener(() => send(tellTab));
chrome.runtime.onInstalled.addListener(({ reason }) => {
  if (reason === "install") chrome.runtime.openOptionsPage();
});
