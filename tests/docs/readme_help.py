"""What the tests of the readmes share: their commands, and a folder with the files that these name."""

import gzip
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote

from crawler.parsers import hkma, rmfysszc
from crawler.play import PlayedPage
from tests.forked.processes import Processes

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures"
README, CHINESE_README = ROOT / "README.md", ROOT / "README.zh-CN.md"
ALI_CARDS = "ali_judicial/list_cards/{}-2026-08-31"
BANK_LIST = "https://venda-imoveis.caixa.gov.br/listaweb/Lista_imoveis_MS.csv"


def commands_in(readme: Path) -> list[str]:
    """Every line of the fenced ``sh`` blocks."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", readme.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def tables_in(readme: Path) -> list[list[list[str]]]:
    """The cells of each table's rows, without its heading."""
    tables: list[list[list[str]]] = []
    for block in re.findall(r"(?:^\|.*\|\n)+", readme.read_text("utf-8"), re.MULTILINE):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
        tables.append(rows[2:])
    return tables


def page_of(case: str) -> bytes:
    """The page of a case under ``fixtures``."""
    (body,) = (FIXTURES / case).glob("input.*")
    return body.read_bytes()


def fill_working_folder(folder: Path, mapping_page: str) -> None:
    """The files that the readmes name, each a small real one."""
    (folder / "Lista_imoveis_RR.csv").write_bytes(page_of("br_caixa/list/whole-list-of-roraima-2026-01-08"))
    shutil.copy(FIXTURES / "demo" / "rmfysszc-status-2022-12-06.har", folder / "session.har")
    write_warc(folder / "crawl.warc.gz")
    write_mhtml(folder / "page.mhtml")
    shutil.copytree(FIXTURES / "demo" / "br_caixa", folder / "downloads")
    with zipfile.ZipFile(folder / "week.zip", "w") as archive:
        archive.writestr("Lista_imoveis_MG.csv", page_of("br_caixa/list/twelve-columns-2026-07-21"))
    (folder / "list.html").write_bytes(page_of(ALI_CARDS.format("ended-fuzhou")))
    (folder / "pages").mkdir()
    (folder / "pages" / "upcoming 2026-08-31.html").write_bytes(page_of(ALI_CARDS.format("upcoming-fuzhou")))
    with zipfile.ZipFile(folder / "2021-08-10.zip", "w") as archive:
        for table in sorted((FIXTURES / "mappings" / "caixaaberta" / "2021-08-10").iterdir()):
            archive.write(table, table.name)
    shutil.copy(FIXTURES / "mappings" / "lianjia-communities" / "lianjia-sh-20181007.csv", folder / "20181007.csv")
    blocks = dict(re.findall(r"^```(toml|csv)\n(.*?)^```$", mapping_page, re.MULTILINE | re.DOTALL))
    (folder / "my-bank.toml").write_text(blocks["toml"], "utf-8")
    (folder / "offers_2026-03-01.csv").write_text(blocks["csv"], "utf-8")
    (folder / "offers_2026-03-08.csv").write_text(blocks["csv"].replace("125.05", "112.5"), "utf-8")


def write_warc(path: Path) -> None:
    """The bank's list of Mato Grosso do Sul of 2021-07-19, as a crawler records it."""
    body = (FIXTURES / "demo" / "br_caixa" / "2021-07-19_MS.csv").read_bytes()
    head = (
        f"WARC/1.1\r\nWARC-Type: resource\r\nWARC-Target-URI: {BANK_LIST}\r\nWARC-Date: 2021-07-19T08:00:00Z\r\n"
        "WARC-Record-ID: <urn:uuid:1b4e28ba-2fa1-11d2-883f-0016d3cca427>\r\n"
        f"Content-Type: text/csv\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    path.write_bytes(gzip.compress(head.encode() + body + b"\r\n\r\n"))


def write_mhtml(path: Path) -> None:
    """Alibaba's cards of Quanzhou, as a browser saves them."""
    head = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://zc-paimai.taobao.com/wow/pm/default/pc/4b80fa\r\n"
        "Date: Mon, 31 Aug 2026 12:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="part"\r\n\r\n--part\r\n'
        "Content-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n"
        "Content-Location: https://zc-paimai.taobao.com/wow/pm/default/pc/4b80fa?page=1\r\n\r\n"
    )
    path.write_bytes(head.encode() + page_of(ALI_CARDS.format("ended-quanzhou")) + b"\r\n--part--\r\n")


def played_sites() -> Iterator[PlayedPage]:
    """What the crawls of the readmes ask for."""
    at = datetime(2022, 11, 15, 2, tzinfo=UTC)
    day = date(2022, 11, 15)
    body = (FIXTURES / "demo" / "br_caixa" / "2021-09-13_MS.csv").read_bytes()
    yield PlayedPage(day, BANK_LIST, body, "text/csv", at)
    lots = page_of("rmfysszc/list/guangdong-page-1-upcoming-and-ended")
    form = rmfysszc.list_form(1, "广东省")
    yield PlayedPage(day, rmfysszc.LIST_URL, lots, "application/json", at, form=form)
    quarters = page_of("hkma/negative_equity/five-quarters")
    yield PlayedPage(day, hkma.list_page().url, quarters, "application/json", at)


def write_program(path: Path, base_url: str, processes: Processes | None = None) -> None:
    """A ``fapai`` that asks a server on this machine where it would ask a site, and shows no window."""
    python_m = f'"{sys.executable}" -m' if processes is None else processes.shell_words()
    path.write_text(
        f'#!/bin/sh\n[ "$1" != crawl ] || set -- "$@" --base-url {quote(base_url, ":/")}\n'
        'case "$*" in *--browser*) set -- "$@" --headless ;; esac\n'
        f'exec {python_m} fapai "$@"\n'
    )
    path.chmod(0o755)


def environment(home: Path) -> Mapping[str, str]:
    """That of a user who has set nothing: only the program lies on the path, and the data directory is new."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FAPAI_", "XDG_", "PYTEST_"))}
    return kept | {
        "HOME": str(home),
        "TMPDIR": str(home),
        "PATH": f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }


def run_in_shell(command: str, folder: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """One line of a readme, as a shell runs it."""
    return subprocess.run(["sh", "-c", command], cwd=folder, env=env, capture_output=True, text=True, check=False)
