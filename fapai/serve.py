"""The web pages: ``fapai serve``."""

import logging
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fapai.options import Database, open_database, told_in_one_sentence

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from reporting.web.settings import Budget, Settings

app = typer.Typer()

LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))
BACKLOG = 128
ANYWHERE = frozenset(("0.0.0.0", "::"))  # noqa: S104  # what --host may say, refused without a password


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen at; others than loopback ask a password.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="0: any that is free.")] = 8765,
    read_only: Annotated[bool, typer.Option("--read-only", help="Refuse every change: for sharing.")] = False,
    password_file: Annotated[
        Path | None,
        typer.Option("--password-file", metavar="FILE", help="Holds the password, or its argon2 hash; chmod 600."),
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option("--allow-host", help="A name under which browsers may ask; repeatable.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Tell which requests were slow, and why.")] = False,
    db: Database = None,
) -> None:
    """Serve the pages, in Chinese and English, from this machine alone; nothing is asked of any other server.

    Whoever else is to reach them needs a password, and HTTPS by a proxy before it.

    Example: fapai serve --port 8765
    """
    with told_in_one_sentence():
        settings = make_settings(open_database(db), host, read_only, password_file, allow_host or [])
        if verbose:
            logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
            logging.getLogger("reporting.web").setLevel(logging.INFO)
        run_server(settings, host, port)


def make_settings(
    engine: "Engine", host: str, is_read_only: bool, password_file: Path | None, names: list[str]
) -> "Settings":
    """What the pages are served from.

    Raises:
        BadParameter: others could reach them without a password.
        BadPassword: the file of the password cannot be used.
    """
    from fapai.companion import companion_of
    from reporting.alerts.secret_file import secrets_path
    from reporting.web.companion import CAPTURE_PATH, LISTING_PATH, companion_router
    from reporting.web.passwords import read_password_file
    from reporting.web.security import host_names
    from reporting.web.settings import LOOPBACK as OWN_NAMES
    from reporting.web.settings import OwnGuard, Settings
    from store.engine import archive_root

    if host not in LOOPBACK and password_file is None:
        raise typer.BadParameter("give --password-file: others could reach the pages", param_hint="--host")
    url = engine.url.render_as_string(hide_password=False)
    archive = archive_root(url)
    own = [] if host in ANYWHERE else [host]
    return Settings(
        engine,
        archive,
        secrets_path(url),
        archive.with_suffix(".feeds"),
        hosts=host_names([*OWN_NAMES, *own, *names]),
        password_hash=None if password_file is None else read_password_file(password_file),
        is_read_only=is_read_only,
        routers=[companion_router(companion_of(engine, is_read_only=is_read_only))],
        own_guards=[OwnGuard(CAPTURE_PATH), OwnGuard(LISTING_PATH)],
        budgets=budgets_of_sites(),
    )


def budgets_of_sites() -> "dict[str, Budget]":
    """By source, how often its site may be asked on a day of its own calendar; of those that are crawled alone."""
    from crawler.sources import source_specs, spider_names
    from reporting.web.settings import Budget

    crawled = set(spider_names())
    return {
        name: Budget(spec.requests_per_day, spec.readers[0].dialect.time_zone)
        for name, spec in source_specs().items()
        if name in crawled
    }


def run_server(settings: "Settings", host: str, port: int) -> None:
    """Serve until interrupted."""
    import socket

    import uvicorn

    from reporting.web.app import create_app
    from store.errors import StoreError

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with listener:
        try:
            listener.bind((host, port))
            listener.listen(BACKLOG)  # who comes before the application stands waits
        except OSError as error:
            raise StoreError(f"cannot listen at {host}:{port}: {error.strerror}") from None
        shown = f"[{host}]" if ":" in host else host
        typer.echo(f"fapai: http://{shown}:{listener.getsockname()[1]}/ (stop with Ctrl-C)", err=True)
        config = uvicorn.Config(
            create_app(settings),
            log_level="warning",
            server_header=False,
            access_log=False,
            proxy_headers=False,  # whoever puts a proxy before it names its host with --allow-host
        )
        with suppress(KeyboardInterrupt):  # raised anew once all is shut down
            uvicorn.Server(config).run(sockets=[listener])
