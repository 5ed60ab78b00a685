"""Makes ``fixtures/demo`` from the captures: ``python scripts/make_demo_fixtures.py CAPTURES``.

The rows of the bank's lists were recorded in 2021 by a public project, which republished them as UTF-8 tables with
columns of its own. Here they are laid out again as the bank's own file (known from lists of 2025 and 2026: Latin-1,
separator ``;``, title line, blank lines, Brazilian numbers, link column), so that the real spider and parser read
them. The pages of the other sources are those of ``fixtures/<source>``; the index only refers to them.
"""

import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zipfile import ZipFile
from zoneinfo import ZoneInfo

from crawler.parsers import rmfysszc
from crawler.spiders import ali_judicial, br_caixa

FIXTURES = Path(__file__).parents[1] / "fixtures"
DEMO = FIXTURES / "demo"

STATES = ("MS", "PI")  # small, with many cuts: 40 and 90 over all 37 days
OUTAGE = ("2021-08-05", "2021-08-06", "2021-08-07", "2021-08-08", "2021-08-09")
DAYS = (
    "2021-07-19",
    "2021-07-28",
    "2021-08-01",
    "2021-08-04",
    "2021-08-05",
    "2021-08-07",
    "2021-08-09",
    "2021-08-10",
    "2021-08-18",
    "2021-08-25",
    "2021-09-02",
    "2021-09-05",
    "2021-09-10",
    "2021-09-13",
)

TITLE = " Lista de Imóveis da Caixa;;Data de geração:;{:%d/%m/%Y};;;;;;;"
HEADER = (
    " N° do imóvel;UF;Cidade;Bairro;Endereço;Preço;Valor de avaliação;Desconto;Descrição;"
    "Modalidade de venda;Link de acesso"
)
DETAIL = "https://venda-imoveis.caixa.gov.br/sistema/detalhe-imovel.asp?hdnimovel="
LAID_OUT = "rows recorded by a public project on {}, laid out again as the bank's file"
CAIXA_TOLD = (
    f"Lists of the states {' and '.join(STATES)}: rows recorded by a public project, laid out again as the bank's file."
)
NONE_RECORDED = "synthetic: no list of this state was recorded; the site's words for an empty list stand in"
COMMIT = re.compile(r"\| (\d{4}-\d\d-\d\d)\.zip \| [0-9a-f]+ \| (\S+) \|")


def main() -> None:
    """Write the lists and the index."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python scripts/make_demo_fixtures.py CAPTURES")
    stops: list[dict[str, Any]] = []
    pages: list[dict[str, Any]] = []
    captures = Path(sys.argv[1])
    others = (rmfysszc_pages(), rmfysszc_status(), jd_table(captures / "jd"))
    for one_stop, stop_pages in (*ali_pages(), *caixa_pages(captures / "brazil-caixa"), *others):
        stops.append(one_stop)
        pages += stop_pages
    about = "What the demo plays, page by page; see crawler/play.py. Made by scripts/make_demo_fixtures.py."
    index = {"about": about, "stops": sorted(stops, key=lambda stop: stop["on"]), "pages": pages}
    (DEMO / "index.json").write_text(json.dumps(index, ensure_ascii=False, indent=1) + "\n", "utf-8")


def stop(on: str, source: str, told: str, **orders: Any) -> dict[str, Any]:
    """One crawl of the demo, or the reading of one file; ``told`` says what was recorded."""
    return {"on": on, "source": source, "told": told, **orders}


def page_of_case(case: str, address: str, on: str | None = None, **more: Any) -> dict[str, Any]:
    """An entry for a page that is a fixture already; the case says when and how it was recorded."""
    folder = FIXTURES / case
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    (body,) = folder.glob("input.*")
    types = {".html": "text/html; charset=utf-8", ".json": "application/json"}
    return {
        "recorded_on": on or meta["recorded_on"],
        "memento": meta["now"],
        "address": address,
        "file": body.relative_to(FIXTURES).as_posix(),
        "content_type": types[body.suffix],
        "status": 200,
        "kind": meta["kind"],
        "note": meta["note"],
        **more,
    }


def caixa_pages(captures: Path) -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The lists of the two states on each day."""
    commits = dict(COMMIT.findall((captures / "README.md").read_text("utf-8")))
    for day in DAYS:
        with ZipFile(captures / "daily-2021" / f"{day}.zip") as archive:
            tables = {name[-6:-4]: read_table(archive, name) for name in archive.namelist() if name.endswith(".csv")}
        stamps = [row["data"] for rows in tables.values() for row in rows if row.get("data")]
        seen_at = datetime.fromisoformat(min(stamps) if stamps else commits[day])
        seen_at = (seen_at if seen_at.tzinfo else seen_at.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
        pages = [write_list(day, seen_at, state, tables[state]) for state in STATES]
        yield stop(day, "br_caixa", CAIXA_TOLD, cities=list(STATES), is_outage=day in OUTAGE), pages


def read_table(archive: ZipFile, name: str) -> list[dict[str, str]]:
    """The rows of one state."""
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8"))))


def write_list(day: str, seen_at: datetime, state: str, rows: list[dict[str, str]]) -> dict[str, Any]:
    """Write one list in the bank's layout; gives its entry."""
    path = DEMO / "br_caixa" / f"{day}_{state}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    generated_on = seen_at.astimezone(ZoneInfo("America/Sao_Paulo"))
    lines = ["", TITLE.format(generated_on), HEADER, "", *(bank_row(row) for row in rows)]
    path.write_bytes(("\n".join(lines) + "\n").encode("latin-1"))
    return {
        "recorded_on": day,
        "memento": seen_at.isoformat(),
        "address": br_caixa.LIST_URL.format(state=state),
        "file": path.relative_to(FIXTURES).as_posix(),
        "content_type": "text/csv",
        "status": 200,
        "kind": "recorded rows in a rebuilt page",
        "note": LAID_OUT.format(day),
    }


def bank_row(row: dict[str, str]) -> str:
    """One row as the bank writes it: blanks behind the words, "1.234,56", the discount with a point.

    The bank quotes nothing, so the one address with a semicolon gets a comma.
    """
    cells = [
        f" {row['link']} ",
        *(f"{row[name].replace(';', ',')} " for name in ("estado", "cidade", "bairro", "endereco")),
        brazilian(row["preco"]),
        brazilian(row["valor"] if "valor" in row else row["avaliacao"]),
        f"{float(row['desconto']):.2f}",
        row["descricao"],
        row["modalidade"],
        DETAIL + row["link"],
    ]
    if any(mark in cell for cell in cells for mark in ";\r\n"):
        raise ValueError(f"the bank's file cannot hold this row: {cells}")
    return ";".join(cells)


def brazilian(number: str) -> str:
    """``283852.41`` as ``283.852,41``."""
    return f"{float(number):,.2f}".translate(str.maketrans(",.", ".,"))


def rmfysszc_pages() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The recorded first page of Guangdong, and the recorded answer past the end in place of its other 30 pages."""
    area = "广东省"
    cases = ("guangdong-page-1-upcoming-and-ended", "one-page-past-the-end")
    pages = [
        page_of_case(f"rmfysszc/list/{case}", rmfysszc.LIST_URL, form=rmfysszc.list_form(number, area))
        for number, case in enumerate(cases, 1)
    ]
    pages[0]["note"] += " The day of the recording is not known: between 2022-11-09 and 2022-11-24."
    pages[1]["note"] += " Played as page 2."
    told = "First page of Guangdong, recorded in 2022-11 (day not known); the recorded answer past the end as page 2."
    return stop("2022-11-15", "rmfysszc", told, cities=[area], with_details=False), pages


def rmfysszc_status() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The one recorded status whose lot is known, as a browser would have saved it: read, not crawled."""
    folder = FIXTURES / "rmfysszc" / "status" / "running"
    meta = json.loads((folder / "meta.json").read_text("utf-8"))
    content = {"mimeType": "text/plain", "text": (folder / "input.txt").read_text("utf-8")}
    entry = {
        "startedDateTime": meta["now"],
        "time": 0,
        "comment": meta["note"],
        "request": {"method": "GET", "url": meta["url"], "httpVersion": "HTTP/1.1", "headers": []},
        "response": {"status": 200, "httpVersion": "HTTP/1.1", "headers": [], "content": content},
    }
    creator = {"name": "scripts/make_demo_fixtures.py", "version": "1"}
    path = DEMO / "rmfysszc-status-2022-12-06.har"
    har = {"log": {"version": "1.2", "creator": creator, "entries": [entry]}}
    path.write_text(json.dumps(har, ensure_ascii=False, indent=1) + "\n", "utf-8")
    told = "Status of one lot, recorded by a public project, in a HAR file: read as fapai capture reads it."
    return stop(meta["recorded_on"], "rmfysszc", told, file=path.relative_to(FIXTURES).as_posix()), []


def jd_table(captures: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The listings and results of Fujian as a collector wrote them down: three homes of it in two rounds each."""
    path = DEMO / "jd-fujian-rounds-2026-09-04.csv"
    path.write_bytes((captures / "fujian-jd-rounds-2026-08-09.csv").read_bytes())
    told = (
        "Lots of Fujian, 51 with their results, written down by an agent: a table, read by the mapping jd-fujian-2026."
    )
    file = path.relative_to(FIXTURES).as_posix()
    return stop("2026-09-04", "jd_judicial", told, file=file, mapping="jd-fujian-2026"), []


def ali_pages() -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """Alibaba's lists of 2018, 2020 and 2026."""
    source, running = "ali_judicial", f"{ali_judicial.LIST_URL}&sorder=0"
    front = page_of_case("ali_judicial/list_json/front-page-2018-with-six-blocks", running)
    front["note"] += " Recorded at https://sf.taobao.com/, played at the address of the list."
    told = "Front page of sf.taobao.com, as a public project saved it: six blocks of lots of all kinds."
    yield stop("2018-05-06", source, told, max_pages=1, with_details=False), [front]
    hefei = f"{ali_judicial.LIST_URL}&city={quote('合肥'.encode('gb18030'))}&sorder=0"
    shops = page_of_case("ali_judicial/list_json/sell-offs-of-2020-with-next-page", hefei)
    told = "List of Hefei (合肥): rows recorded by a public project, in a rebuilt page. Shops in their sell-off (变卖)."
    yield stop("2020-10-11", source, told, cities=["合肥"], max_pages=1, with_details=False), [shops]
    day, pages = "2026-08-31", []
    for city, name in (("福州", "fuzhou"), ("泉州", "quanzhou")):
        address = f"{ali_judicial.LIST_URL}&city={quote(city.encode('gb18030'))}&sorder="
        empty = page_of_case("ali_judicial/list_json/nothing-found", f"{address}0", day, note=NONE_RECORDED)
        pages.append(empty | {"memento": "2026-08-31T20:00:00+08:00"})
        pages += [
            page_of_case(f"ali_judicial/list_cards/{state}-{name}-{day}", f"{address}{code}")
            for code, state in (("1", "upcoming"), ("2", "ended"))
        ]
    for page in pages:
        page["note"] += " Played at the address of the list."
    told = (
        "Lists of Fuzhou and Quanzhou (福州, 泉州): recorded cards in rebuilt pages; the lists of running lots, never "
    )
    told += "recorded, are empty."
    yield stop(day, source, told, cities=["福州", "泉州"], max_pages=len(pages), with_details=False), pages


if __name__ == "__main__":
    main()
