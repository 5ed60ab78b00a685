"""All recorded sets that have a page, by name."""

from benchmarks.report_pages.abroad import CAIXA_2021, CAIXA_2026, FLORIDA, KOREA
from benchmarks.report_pages.china import ALI_SOLD, ALI_TITLES

SETS = {each.name: each for each in (CAIXA_2021, CAIXA_2026, ALI_SOLD, ALI_TITLES, FLORIDA, KOREA)}
