/** What was read of the page in each tab, and the badge that tells it. Kept for the session only. */

const COLOURS = { read: "#1f5fd6", cut: "#0a7d33", wait: "#6b7280", trouble: "#b3261e" };
const REFUSALS = ["blocked", "login_required"];
let last = Promise.resolve();

/** One change at a time: answers come as they like. */
function inTurn(change) {
  last = last.then(change, change);
  return last;
}

const keyOf = (tab) => `tab${tab}`;

export async function ofTab(tab) {
  const key = keyOf(tab);
  return (await chrome.storage.session.get(key))[key] ?? null;
}

/** A page begins in a tab: nothing was read of it. */
export function begin(tab, visit, address) {
  return inTurn(async () => {
    const before = await ofTab(tab);
    if (before?.visit === visit && before.address === address) return;
    await chrome.storage.session.set({ [keyOf(tab)]: { visit, address, listings: {}, refusal: null } });
    await show(tab, "", "read", chrome.i18n.getMessage("name"));
  });
}

/** Note what became of one page of a tab; `outcome` as fapai answers it. Null where the tab shows another page by now. */
export function add({ tab, visit, address }, outcome) {
  return inTurn(async () => {
    const tally = await ofTab(tab);
    if (tally?.visit !== visit || tally.address !== address) return null;
    for (const { name, is_cut: isCut } of outcome.listings) tally.listings[name] = isCut;
    if (REFUSALS.includes(outcome.outcome)) tally.refusal = outcome.outcome;
    await chrome.storage.session.set({ [keyOf(tab)]: tally });
    await tell(tab, tally);
    return tally;
  });
}

export function forget(tab) {
  return inTurn(() => chrome.storage.session.remove(keyOf(tab)));
}

/** The badge of a page that waits, or of what stands in the way. */
export function tellTrouble(tab, why, waiting) {
  const isLasting = why === "token" || why === "closed";
  return show(tab, isLasting ? "!" : "…", isLasting ? "trouble" : "wait", chrome.i18n.getMessage(`trouble_${why}`, [String(waiting)]));
}

/** `{ text, colour, title }` of a tally: "12↓2" in the badge, "12 套, 2 降" in words. */
export function wordsOf(tally) {
  const count = Object.keys(tally.listings).length;
  const cuts = Object.values(tally.listings).filter(Boolean).length;
  if (count === 0 && tally.refusal) return { text: "!", colour: "trouble", name: `refusal_${tally.refusal}`, values: [] };
  if (count === 0) return { text: "", colour: "read", name: "nothingRead", values: [] };
  const text = cuts ? `${count}↓${cuts}` : `${count}`;
  return { text, colour: cuts ? "cut" : "read", name: "read", values: [String(count), String(cuts)] };
}

function tell(tab, tally) {
  const { text, colour, name, values } = wordsOf(tally);
  return show(tab, text, colour, chrome.i18n.getMessage(name, values));
}

async function show(tabId, text, colour, title) {
  try {
    await chrome.action.setBadgeBackgroundColor({ tabId, color: COLOURS[colour] });
    await chrome.action.setBadgeTextColor?.({ tabId, color: "#ffffff" });
    await chrome.action.setBadgeText({ tabId, text });
    await chrome.action.setTitle({ tabId, title });
  } catch {
    // the tab was closed meanwhile
  }
}
