/** The options: state, pairing, and what was sent. */

const REFRESH = 2_000;
const LONGEST_ADDRESS = 120;
const BAD = ["blocked", "login_required", "refused", "unreadable", "layout_changed", "http_error"];

const word = (name, ...values) => chrome.i18n.getMessage(name, values.map(String));
const find = (id) => document.getElementById(id);
const ask = (kind, more = {}) => chrome.runtime.sendMessage({ kind, ...more });
const figure = new Intl.NumberFormat(word("language"));
let last = null;

function element(name, text, kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = kind;
  return made;
}

function stateOf(status) {
  if (status.address === null) return ["bad", word("stateUnpaired")];
  if (status.trouble === "token") return ["bad", word("stateToken")];
  if (status.isPaused) return ["", word("statePaused")];
  if (status.trouble) return ["bad", word(`state_${status.trouble}`, status.address)];
  return ["good", word("stateOn", status.address)];
}

function showCounts({ counts, waiting }) {
  const told = { countPages: counts.pages, countListings: counts.listings, countCuts: counts.cuts, countWaiting: waiting, countDropped: counts.dropped };
  find("counts").replaceChildren(
    ...Object.entries(told).map(([name, count]) => {
      const pair = document.createElement("div");
      pair.append(element("dt", word(name)), element("dd", figure.format(count)));
      return pair;
    }),
  );
}

function rowOf(line) {
  const row = document.createElement("tr");
  const at = new Intl.DateTimeFormat(word("language"), { dateStyle: "short", timeStyle: "medium" });
  const address = element("td", shortened(line.url), "address");
  address.title = line.url;
  if (line.reason && BAD.includes(line.outcome)) address.append(element("small", line.reason));
  row.append(
    element("td", at.format(new Date(line.at))),
    address,
    element("td", word(`outcome_${line.outcome}`) || line.outcome, BAD.includes(line.outcome) ? "bad" : ""),
    element("td", figure.format(line.listings), "figure"),
    element("td", line.cuts ? `↓ ${figure.format(line.cuts)}` : "", "figure cut"),
    element("td", `${figure.format(Math.max(1, Math.round(line.size / 1024)))} k`, "figure"),
  );
  return row;
}

function shortened(url) {
  const text = url.replace(/^https?:\/\//, "");
  return text.length > LONGEST_ADDRESS ? `${text.slice(0, LONGEST_ADDRESS)}…` : text;
}

function showLog(log) {
  find("log").hidden = log.length === 0;
  find("log-empty").hidden = log.length > 0;
  find("forget").disabled = log.length === 0;
  find("log").tBodies[0].replaceChildren(...log.map(rowOf));
}

async function refresh() {
  const status = await ask("status");
  const written = JSON.stringify(status);
  if (!status || written === last) return;
  last = written;
  const [mood, text] = stateOf(status);
  find("state").dataset.mood = mood;
  find("state").textContent = text;
  find("pause").textContent = word(status.isPaused ? "goOn" : "pause");
  find("pause").dataset.paused = status.isPaused ? "yes" : "";
  for (const id of ["pause", "send", "unpair"]) find(id).disabled = status.address === null;
  find("panel").checked = status.isPanelOn;
  showCounts(status);
  showLog(status.log);
}

async function pair(event) {
  event.preventDefault();
  const answer = await ask("pair", { line: find("line").value });
  find("pair-answer").textContent = answer?.isRead ? "" : word("pairWrong");
  await refresh();
  if (answer?.isRead) find("line").value = "";
}

function onPress(id, kind, more = () => ({})) {
  find(id).addEventListener("click", async () => {
    await ask(kind, more());
    await refresh();
  });
}

for (const each of document.querySelectorAll("[data-word]")) each.textContent = word(each.dataset.word);
document.documentElement.lang = word("language");
document.title = word("name");
find("pair").addEventListener("submit", pair);
onPress("pause", "set", () => ({ name: "isPaused", value: !find("pause").dataset.paused }));
onPress("panel", "set", () => ({ name: "isPanelOn", value: find("panel").checked }));
onPress("send", "sendNow");
onPress("unpair", "unpair");
onPress("forget", "forget");
refresh();
setInterval(refresh, REFRESH);
