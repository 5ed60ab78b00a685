"""CAIXA, Brazil's state bank: its list of repossessed property, one CSV for each state (venda-imoveis.caixa.gov.br).

Notes, dated:
- Latin-1, separator ``;``: a blank line, the title with the date, the header, a blank line, the rows. 11 columns in
  2025-07 and 2026-01, 12 in 2026-07 (Financiamento was put in between): read by name, never by position.
- The id is taken from the link: a spreadsheet had turned 3,344 of 3,426 ids of column 1 into numbers such as
  "1,55552E+12" (file of 2025-07, which has lost its title line as well).
- Areas are written with a decimal point beside Brazilian prices, and 0.00 where they are not known.
- Desconto is not read: it is computed from the two prices and never below 0.00, though single-notice auctions may cost
  more than the appraisal (2,856 rows on 2026-01-08).
- A bot wall (Radware) redirects to validate.perfdrive.com or answers HTML: then the whole source stops.
"""

import csv
import logging
import re
from collections.abc import Iterator
from datetime import date
from operator import itemgetter

from crawler.errors import Blocked, EmptyShell, LayoutChanged, PageRefused, RowRefused
from crawler.items import Dialect, Expectation, ListingItem, NumberForm, PageContent, Reader, RefusedRow, SourceSpec
from crawler.page import Page
from crawler.parsers.html import refusal_by_status
from store.terms import Currency, PropertyKind, RoundKind, SellerKind

logger = logging.getLogger(__name__)

SOURCE = "br_caixa"
LIST = f"{SOURCE}.list"
HOME_URL = "https://venda-imoveis.caixa.gov.br/"

DIALECT = Dialect(
    currency=Currency.BRL,
    time_zone="America/Sao_Paulo",
    country="BR",
    number_form=NumberForm.BRAZILIAN,
    seller_name="CAIXA Econômica Federal",
    seller_kind=SellerKind.STATE_BANK,
    round_labels={
        "1º Leilão SFI": RoundKind.FIRST_AUCTION,
        "2º Leilão SFI": RoundKind.SECOND_AUCTION,
        "Leilão SFI - Edital Único": RoundKind.SINGLE_NOTICE_AUCTION,
        "Licitação Aberta": RoundKind.OPEN_TENDER,
        "Venda Online": RoundKind.ONLINE_SALE,
        "Venda Direta Online": RoundKind.DIRECT_SALE,
        "Venda Direta": RoundKind.DIRECT_SALE,
        "Venda Direta Especial": RoundKind.SPECIAL_DIRECT_SALE,
    },
    kind_labels={
        "Apartamento": PropertyKind.FLAT,
        "Casa": PropertyKind.HOUSE,
        "Sobrado": PropertyKind.HOUSE,
        "Prédio": PropertyKind.BUILDING,
        "Loja": PropertyKind.SHOP,
        "Sala": PropertyKind.OFFICE,
        "Comercial": PropertyKind.COMMERCIAL,
        "Galpão": PropertyKind.INDUSTRIAL,
        "Terreno": PropertyKind.LAND,
        "Gleba": PropertyKind.LAND,
        "Gleba Urbana": PropertyKind.LAND,
        "Imóvel rural": PropertyKind.RURAL,
        "Outros": PropertyKind.OTHER,
    },
    loan_labels={"Sim": True, "Não": False},
)

READ_COLUMNS = (
    "N° do imóvel",
    "UF",
    "Cidade",
    "Bairro",
    "Endereço",
    "Preço",
    "Valor de avaliação",
    "Descrição",
    "Modalidade de venda",
    "Link de acesso",
)
OPTIONAL_COLUMNS = ("Financiamento",)
IGNORED_COLUMNS = ("Desconto", "")
OTHER_SPELLINGS = {"Nº do imóvel": "N° do imóvel"}

GENERATED_ON = re.compile(rb"Data de gera\S{2,4}:\s*;\s*(\d{2})/(\d{2})/(\d{4})")
HTML_START = re.compile(rb"\s*<(?:!doctype|html|head|body|script|div|title|meta|!--|\?xml)", re.IGNORECASE)
UNKNOWN_AREA = "0.00"
LINK_ID = re.compile(r"[?&]hdnimovel=(\d+)(?:&|$)")
DESCRIPTION = re.compile(
    r"([^,]+)(?:, ([\d.]+) de área total)?(?:, ([\d.]+) de área privativa)?(?:, ([\d.]+) de área do terreno)?[,.]"
)


def generated_on(page_bytes: bytes) -> date | None:
    """The day that the title line of the list states, or ``None`` where it has none (files saved by a spreadsheet)."""
    if not (found := GENERATED_ON.search(page_bytes[:400])):
        return None
    day, month, year = (int(part) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None


def refusal(page: Page) -> PageRefused | None:
    """The refusal that a page of this source is, or ``None`` for one that may be healthy. Never raises."""
    if refused := refusal_by_status(page, SOURCE):
        return refused
    if "perfdrive.com" in page.url or 300 <= page.http_status < 400:
        return Blocked("bot wall: sent away from the list", source=SOURCE, url=page.url)
    if HTML_START.match(page.body) or b"perfdrive.com" in page.body[:20_000]:
        return Blocked("bot wall: HTML in place of the list", source=SOURCE, url=page.url)
    if not page.body.strip():
        return EmptyShell("empty answer", source=SOURCE, url=page.url)
    return None


def recognises_list(page: Page) -> bool:
    """The bank's own layout, or whatever stands at the address of a list."""
    if "venda-imoveis.caixa.gov.br/listaweb/" in page.url or "validate.perfdrive.com" in page.url:
        return True
    return b" do im" in page.body[:400] and b";UF;Cidade;Bairro;" in page.body[:400]


def parse_list(page: Page) -> PageContent:
    """Read the list of one state. A file with its header and no rows is the bank's own word that there is nothing.

    Raises:
        PageRefused: the bot wall, an empty answer, or a file without the known header.
    """
    if refused := refusal(page):
        raise refused
    if page.http_status != 200:
        raise LayoutChanged(f"HTTP status {page.http_status}", source=SOURCE, url=page.url)
    text = decode(page)
    lines = csv.reader(text.splitlines(), delimiter=";", quoting=csv.QUOTE_NONE)  # the bank quotes nothing
    content = PageContent()
    try:
        columns = find_header(lines, page)
        read_rows(lines, columns, content, ends_with_line=text.endswith("\n"))
    except csv.Error as error:
        raise LayoutChanged(f"not a table: {error}", source=SOURCE, url=page.url) from None
    return content


def decode(page: Page) -> str:
    """The text: UTF-8 where somebody saved it so, else the bank's Latin-1 (as cp1252).

    ``Page.text`` would take Latin-1 without a declared charset for GB 18030.

    Raises:
        LayoutChanged: neither.
    """
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return page.body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise LayoutChanged("bytes in no known encoding", source=SOURCE, url=page.url)


def find_header(lines: Iterator[list[str]], page: Page) -> list[str]:
    """The names of the columns, in the spelling of ``READ_COLUMNS``, from the first lines of the file.

    Raises:
        LayoutChanged: no header in the first ten lines, or a column missing or doubled.
    """
    for _, cells in zip(range(10), lines, strict=False):
        names = [OTHER_SPELLINGS.get(cell.strip(), cell.strip()) for cell in cells]
        if "Link de acesso" not in names and "N° do imóvel" not in names:
            continue
        if wrong := [name for name in READ_COLUMNS if names.count(name) != 1]:
            raise LayoutChanged(f"columns missing or doubled: {', '.join(wrong)}", source=SOURCE, url=page.url)
        if unknown := set(names).difference(READ_COLUMNS, OPTIONAL_COLUMNS, IGNORED_COLUMNS):
            logger.warning("%s: columns that no table knows: %s", LIST, ", ".join(sorted(unknown)))
        return names
    raise LayoutChanged("no header of the list", source=SOURCE, url=page.url)


def read_rows(lines: Iterator[list[str]], names: list[str], content: PageContent, *, ends_with_line: bool) -> None:
    """Read the rows below the header into ``content``; what cannot be read becomes a refused row."""
    pick = itemgetter(*map(names.index, READ_COLUMNS))
    number_at = names.index("N° do imóvel")
    loan_at = names.index("Financiamento") if "Financiamento" in names else None
    position = 0
    id_is_whole = True
    for row in lines:
        if len(row) < 2 and not "".join(row).strip():
            continue
        position += 1
        id_is_whole = True
        try:
            if len(row) != len(names):
                raise RowRefused(f"{len(row)} cells, the header has {len(names)}")
            item = read_row(pick(row), None if loan_at is None else row[loan_at].strip())
        except RowRefused as error:
            number = row[number_at].strip() if number_at < len(row) else ""
            source_id = number if number.isascii() and number.isdigit() else None
            content.refused.append(RefusedRow(position, source_id, error.reason, ";".join(row)[:200]))
            continue
        content.items.append(item)
        id_is_whole = item.url is not None and row[number_at].strip() == item.source_id
    if not ends_with_line and not id_is_whole:
        cut = content.items.pop()
        content.refused.append(RefusedRow(position, None, "last line, perhaps cut within the link", cut.title or ""))


def read_row(cells: tuple[str, ...], loan: str | None) -> ListingItem:
    """Read one row, its cells in the order of ``READ_COLUMNS``.

    Raises:
        RowRefused: no id, no price, no way of sale, or a description outside its grammar.
    """
    number, state, city, district, street, price, appraisal, description, sale, link = map(str.strip, cells)
    if found := LINK_ID.search(link):
        source_id = found[1]
    elif number.isascii() and number.isdigit():
        source_id = number
    else:
        raise RowRefused(f"no id in the link, and {number[:40]!r} is none")
    if not price or not sale or not state or not city:
        raise RowRefused("without price, way of sale, state or city")
    if not (areas := DESCRIPTION.match(description)):
        raise RowRefused("description outside its grammar")
    kind, total, private, land = areas.groups()
    words = {
        "UF": state,
        "Cidade": city,
        "Preço": price,
        "Valor de avaliação": appraisal,
        "Descrição": description,
        "Modalidade de venda": sale,
    }
    if loan:
        words["Financiamento"] = loan
    if district.isdigit():  # "1" stands for an unknown quarter
        district = ""
    return ListingItem(
        source_id=source_id,
        words=words,
        url=link if found else None,
        title=f"{kind}, {street}, {district}, {city} - {state}".replace(", , ", ", "),
        property_kind_raw=kind,
        round_raw=sale,
        state_raw=state,
        city_raw=city,
        district_raw=district or None,
        address=street or None,
        asking_price_raw=price,
        appraisal_price_raw=appraisal or None,
        floor_area_raw=total if total != UNKNOWN_AREA else None,
        private_area_raw=private if private != UNKNOWN_AREA else None,
        land_area_raw=land if land != UNKNOWN_AREA else None,
        loan_raw=loan or None,
    )


READERS = (Reader(LIST, SOURCE, DIALECT, recognises_list, parse_list, is_timeless=True),)

SPEC = SourceSpec(
    name=SOURCE,
    title="CAIXA venda de imóveis (Brazil)",
    home_url=HOME_URL,
    about="The whole stock of repossessed homes of Brazil's state bank, one CSV for each of 27 states, renewed daily.",
    expects=Expectation(at_least=9_000, at_most=100_000),  # 10,489 (2021-07-19) to 32,547 (2026-01-08); partial: 4,885
    readers=READERS,
    min_delay_seconds=10.0,
    fixtures="recorded",
    sale_kinds="bank direct sale, auctions of the bank",
)
