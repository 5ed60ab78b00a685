/** Empties the queue: batch by batch, as long as fapai takes them. */

import * as queue from "./queue.js";
import { Refused, capture } from "./server.js";
import { keep, load, note } from "./settings.js";

const PAGES = 20;
const CHARACTERS = 6_000_000;
const ALARM = "send";
const COLLECT = 400; // milliseconds: a page and its first answers are one batch

const LASTING = ["token", "closed"]; // until the user does something

let going = null;
let timer = 0;

/** Send soon; what comes meanwhile goes along. */
export function sendSoon(tell, milliseconds = COLLECT) {
  clearTimeout(timer);
  timer = setTimeout(() => send(tell), milliseconds);
}

/** Send now, unless that is under way. `tell(entry, outcome)` hears of each page that was taken. */
export function send(tell) {
  going ??= sendAll(tell).finally(() => {
    going = null;
  });
  return going;
}

async function sendAll(tell) {
  let atOnce = PAGES;
  for (;;) {
    const { server } = await load();
    const batch = server === null ? [] : await queue.oldest(atOnce, CHARACTERS);
    if (batch.length === 0) break;
    try {
      await sendBatch(server, batch, tell);
    } catch (refusal) {
      if (!(refusal instanceof Refused)) throw refusal;
      if (refusal.why !== "refused") return giveWay(refusal, batch, tell);
      if (batch.length > 1) atOnce = 1; // one of them is at fault
      else await dropRefused(batch[0]);
    }
  }
  await keep({ trouble: null });
  await chrome.alarms.clear(ALARM);
  return undefined;
}

async function sendBatch(server, batch, tell) {
  const outcomes = await capture(server, batch.map((entry) => entry.page));
  await queue.remove(batch.map((entry) => entry.id));
  const lines = batch.map((entry, index) => lineOf(entry, outcomes[index]));
  await note(lines, {
    pages: batch.length,
    listings: lines.reduce((sum, line) => sum + line.listings, 0),
    cuts: lines.reduce((sum, line) => sum + line.cuts, 0),
  });
  for (const [index, entry] of batch.entries()) await tell(entry, outcomes[index]);
}

function lineOf(entry, outcome) {
  const cuts = outcome.listings.filter((listing) => listing.is_cut).length;
  const { url, observed_at: at, body } = entry.page;
  return { at, url, outcome: outcome.outcome, reason: outcome.reason, listings: outcome.listings.length, cuts, size: body.length };
}

async function dropRefused(entry) {
  await queue.remove([entry.id]);
  const { url, observed_at: at, body } = entry.page;
  await note([{ at, url, outcome: "refused", reason: null, listings: 0, cuts: 0, size: body.length }], {});
}

/** Leave the rest for later: the pages stay, and are tried again while the browser runs. */
async function giveWay(refusal, batch, tell) {
  await keep({ trouble: refusal.why });
  for (const entry of batch) await tell(entry, null, refusal.why);
  if (refusal.why === "busy" && refusal.seconds < 20) sendSoon(tell, refusal.seconds * 1_000);
  else if (!LASTING.includes(refusal.why)) await chrome.alarms.create(ALARM, { periodInMinutes: 1 });
}

/** Whether an alarm is ours. */
export const isOurs = (alarm) => alarm.name === ALARM;
