/** Talking to fapai on this machine. */

const SECONDS = 60;

/**
 * Why fapai took nothing: "unreachable", "token" (not paired any more), "closed" (for reading only), "busy" (wait
 * `seconds`) or "refused" (these pages, for good).
 */
export class Refused extends Error {
  constructor(why, seconds = 60) {
    super(why);
    this.why = why;
    this.seconds = seconds;
  }
}

async function ask(server, path, init = {}) {
  let answer;
  try {
    answer = await fetch(`${server.address}${path}`, {
      ...init,
      headers: { ...init.headers, Authorization: `Bearer ${server.token}` },
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(SECONDS * 1_000),
    });
  } catch {
    throw new Refused("unreachable");
  }
  if (answer.ok || answer.status === 404) return answer;
  if (answer.status === 401) throw new Refused("token");
  if (answer.status === 403) throw new Refused("closed");
  if ([400, 413, 422].includes(answer.status)) throw new Refused("refused");
  throw new Refused("busy", Number(answer.headers.get("Retry-After")) || 60);
}

/** The JSON of an answer; something else may listen at this port. */
async function read(answer) {
  try {
    return await answer.json();
  } catch {
    throw new Refused("unreachable");
  }
}

/** Send a batch; gives what became of each page, in order. */
export async function capture(server, pages) {
  const headers = { "Content-Type": "application/json" };
  const answer = await ask(server, "/api/v1/capture", { method: "POST", headers, body: JSON.stringify({ pages }) });
  const outcomes = answer.ok ? (await read(answer)).pages : null;
  if (!Array.isArray(outcomes) || outcomes.length !== pages.length) throw new Refused("unreachable");
  return outcomes;
}

/** What is known of the home that a page shows; null where nothing is. */
export async function knownHome(server, url, name) {
  const asked = new URLSearchParams(name ? { url, name } : { url });
  const answer = await ask(server, `/api/v1/companion/listing?${asked}`);
  return answer.ok ? read(answer) : null;
}
