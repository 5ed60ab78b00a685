"""What stands on the user's desk: fapai that listens, and a browser with the companion."""

import json
import shutil
import socket
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, select

from fapai.companion import companion_of
from fapai.pairing import new_pairing
from reporting.web.companion import companion_router
from store.engine import reading
from store.rows import CRAWL_RUN, LISTING, OBSERVATION, PAGE

EXTENSION = Path(__file__).parents[2] / "extension"
PATIENCE = 15  # seconds until something that must happen counts as not happening

BADGE = """async ([wanted, seconds]) => {
  const latest = Date.now() + 1000 * seconds;
  for (;;) {
    const [tab] = await chrome.tabs.query({ active: true });
    const text = await chrome.action.getBadgeText({ tabId: tab.id });
    const title = await chrome.action.getTitle({ tabId: tab.id });
    if (text === wanted) return title;
    if (Date.now() > latest) return `the badge says "${text}": ${title}`;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}"""
PANEL = """new Promise((resolve) => {
  const look = () => {
    const host = document.querySelector("fapai-companion-panel");
    if (!host) return requestAnimationFrame(look);
    const lines = (node) => (node.children.length ? [...node.children].flatMap(lines) : [node.textContent]);
    resolve(lines(chrome.dom.openOrClosedShadowRoot(host).querySelector("section")));
  };
  look();
})"""


class Desk:
    """fapai at an address of its own; it can be stopped and started again there."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.sent: Queue[Any] = Queue()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._server: uvicorn.Server | None = None
        self._thread: Thread | None = None

    def start(self, *, is_read_only: bool = False) -> None:
        app = FastAPI()
        app.include_router(companion_router(companion_of(self.engine, is_read_only=is_read_only)))
        app.middleware("http")(self._note)
        listening = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        server = self._server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="none", lifespan="off"))
        self._thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        self._thread.start()

    def stop(self) -> None:
        if self._server is not None and self._thread is not None:
            self._server.should_exit = True
            self._thread.join()
        self._server = None

    def pairing_line(self) -> str:
        """As ``fapai pair`` shows it."""
        return new_pairing(self.engine, self.port)

    def next_batch(self) -> list[dict[str, Any]]:
        """The pages of the next batch that the browser sends."""
        return list(self.sent.get(timeout=PATIENCE)["pages"])

    def rows(self, table: Any) -> list[dict[str, Any]]:
        with reading(self.engine) as connection:
            return [dict(row) for row in connection.execute(select(table).order_by(table.c.id)).mappings()]

    @property
    def listings(self) -> dict[str, dict[str, Any]]:
        """Every listing with its current state, by ``SOURCE:ID``."""
        states = {row["id"]: row for row in self.rows(OBSERVATION)}
        return {f"{row['source']}:{row['source_id']}": states[row["observation_id"]] for row in self.rows(LISTING)}

    @property
    def pages(self) -> list[dict[str, Any]]:
        return self.rows(PAGE)

    @property
    def runs(self) -> list[dict[str, Any]]:
        return self.rows(CRAWL_RUN)

    async def _note(self, request: Any, call_next: Any) -> Any:
        body = await request.body() if request.method == "POST" else b""
        answer = await call_next(request)
        if body and answer.status_code == 200:
            self.sent.put(json.loads(body))
        return answer


class Browser:
    """A Chromium that asks the tests' server in place of every site, with the companion in it."""

    def __init__(self, playwright: Any, program: str, profile: Path, sites_port: int, extension: Path) -> None:
        self.context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=program,
            headless=True,
            chromium_sandbox=False,
            args=[
                f"--disable-extensions-except={extension}",
                f"--load-extension={extension}",
                "--disable-features=DisableLoadExtensionCommandLineSwitch",
                f"--host-resolver-rules=MAP * 127.0.0.1:{sites_port}, EXCLUDE 127.0.0.1",
                "--ignore-certificate-errors",
                "--disable-background-networking",
            ],
        )
        self.context.set_default_timeout(PATIENCE * 1000)
        workers = self.context.service_workers
        self.worker = workers[0] if workers else self.context.wait_for_event("serviceworker")
        self.options = self.context.pages[0]
        self.options.wait_for_url("**/options/options.html")  # it opens by itself when the companion was installed
        self.page = self.context.new_page()

    def close(self) -> None:
        self.context.close()

    def forget_all(self) -> None:
        """As after the installation, in a new tab."""
        self.page.close()
        self.options.evaluate("() => chrome.runtime.sendMessage({ kind: 'unpair' })")
        for area in ("local", "session"):
            self.worker.evaluate("(area) => chrome.storage[area].clear()", area)
        self.options.reload()
        self.page = self.context.new_page()

    def pair(self, line: str) -> None:
        """As a user does it."""
        self.options.bring_to_front()
        self.options.fill("#line", line)
        self.options.click("button[type=submit]")
        self.options.wait_for_function("() => document.getElementById('line').value === ''")
        self.options.wait_for_selector("#state[data-mood=good]")

    def open(self, url: str) -> None:
        self.page.bring_to_front()
        self.page.goto(url, wait_until="load")

    def title_of_badge(self, text: str) -> str:
        """The words behind the badge of the tab in front, once it shows a text."""
        title = str(self.worker.evaluate(BADGE, [text, PATIENCE]))
        assert not title.startswith("the badge says"), title
        return title

    def panel(self) -> list[str]:
        """The lines of the panel on the page, once it is there."""
        return list(self.in_reader(PANEL))

    def press_in_panel(self, selector: str) -> None:
        """Click on something in the panel, as a user does."""
        middle = self.in_reader(f"""(() => {{
          const host = document.querySelector("fapai-companion-panel");
          const box = chrome.dom.openOrClosedShadowRoot(host).querySelector({selector!r}).getBoundingClientRect();
          return [box.x + box.width / 2, box.y + box.height / 2];
        }})()""")
        self.page.mouse.click(*middle)

    def press_button(self) -> None:
        """Press the companion's button, which stands in no page."""
        self.worker.evaluate("""async () => {
          const [tab] = await chrome.tabs.query({ active: true });
          chrome.action.onClicked.dispatch(tab);
        }""")

    def in_reader(self, script: str) -> Any:
        """The value of a script in the companion's own world of the page: no script of the page can read the panel."""
        session = self.context.new_cdp_session(self.page)
        worlds: list[dict[str, Any]] = []
        session.on("Runtime.executionContextCreated", lambda event: worlds.append(event["context"]))
        session.send("Runtime.enable")
        (world,) = (each for each in worlds if each["origin"].startswith("chrome-extension://"))
        asked = {"expression": script, "contextId": world["id"], "awaitPromise": True, "returnByValue": True}
        answer = session.send("Runtime.evaluate", asked)
        session.detach()
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")


def in_one_language(folder: Path, language: str) -> Path:
    """A copy of the companion with the words of one language: which one a browser speaks depends on its packages."""
    copied = Path(shutil.copytree(EXTENSION, folder))
    for words in (copied / "_locales").iterdir():
        if words.name != language:
            shutil.rmtree(words)
    manifest = json.loads((copied / "manifest.json").read_bytes())
    (copied / "manifest.json").write_text(json.dumps(manifest | {"default_locale": language}))
    return copied
