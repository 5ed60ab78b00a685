"""Pages and a reader that the tests of intake share."""

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from crawler.intake.arrived import Arrived, CapturedPage
from crawler.intake.files import read_paths
from crawler.items import Dialect, PageContent, Reader
from crawler.page import Page
from crawler.parsers import br_caixa
from store.terms import Currency

MARK = "起拍价"
LOT_URL = "https://example.court/lots?page=2"


def has_lots(page: Page) -> bool:
    return any(MARK.encode(charset) in page.body for charset in ("utf-8", "gb18030"))


LOT_READER = Reader(
    "example_court.list",
    "example_court",
    Dialect(Currency.CNY, "Asia/Shanghai", "CN"),
    has_lots,
    lambda page: PageContent(),
)


@pytest.fixture
def readers() -> Sequence[Reader]:
    return (LOT_READER, *br_caixa.READERS)


@pytest.fixture
def lot_html() -> str:
    return (
        f'<!DOCTYPE html><html><head><meta charset="gbk"><title>法拍</title></head><body>{MARK} 125.05万</body></html>'
    )


@pytest.fixture
def read(readers: Sequence[Reader]) -> Callable[..., list[Arrived]]:
    def read_list(*paths: Path | str, **options: object) -> list[Arrived]:
        return list(read_paths(paths, readers=readers, **options))  # type: ignore[arg-type]

    return read_list


@pytest.fixture
def read_one(read: Callable[..., list[Arrived]]) -> Callable[..., CapturedPage]:
    def read_page(*paths: Path | str, **options: object) -> CapturedPage:
        (arrived,) = read(*paths, **options)
        assert isinstance(arrived, CapturedPage), arrived
        return arrived

    return read_page


@pytest.fixture
def write_zip(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str, members: dict[str, bytes | str]) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, body in members.items():
                archive.writestr(member, body)
        return path

    return write
