/** What is kept between starts, in storage that pages cannot reach: the pairing, the pause, counts and the log. */

const LONGEST_LOG = 200;

export const EMPTY = Object.freeze({
  server: null, // { address, token }
  isPaused: false,
  isPanelOn: true,
  trouble: null, // "unreachable", "token", "closed" or "busy"
  counts: { pages: 0, listings: 0, cuts: 0, dropped: 0 },
  log: [], // the newest first
});

/** All settings, or some of them by their names. */
export async function load() {
  return { ...EMPTY, ...(await chrome.storage.local.get(Object.keys(EMPTY))) };
}

/** Keep some settings. */
export async function keep(changed) {
  await chrome.storage.local.set(changed);
}

/** Whether pages are read at all: nothing is, before a browser is paired. */
export function isOn(settings) {
  return settings.server !== null && !settings.isPaused;
}

/** Add lines to the log, and to the counts. */
export async function note(lines, added) {
  const { log, counts } = await load();
  const sums = Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count + (added[name] || 0)]));
  await keep({ log: [...lines.reverse(), ...log].slice(0, LONGEST_LOG), counts: sums });
}

/**
 * The line of `fapai pair`: where fapai answers, and the token behind a #.
 * Null where it is none, or leads elsewhere than to this machine.
 */
export function readPairing(line) {
  const found = /^(http:\/\/127\.0\.0\.1:([0-9]{1,5}))\/?#([A-Za-z0-9_-]{20,100})$/.exec(line.trim());
  return found && Number(found[2]) < 65_536 ? { address: found[1], token: found[3] } : null;
}
