"""The commands of the buyer's reports on recorded pages: what courts of Fujian offered on 2026-09-04, and notices."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from fapai.__main__ import app

ROOT = Path(__file__).parents[3]
FIXTURES = ROOT / "fixtures"
ALI, JD = FIXTURES / "mappings" / "ali-fujian-2026", FIXTURES / "mappings" / "jd-fujian-2026"
NOTICES = FIXTURES / "ali_judicial" / "detail_text" / "page-texts-2016-to-2020" / "input.json"
LIANJIA = FIXTURES / "mappings" / "lianjia-communities"

Command = Callable[..., Result]


@pytest.fixture(scope="module")
def fujian(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A linked database of two platforms' lists and four texts of detail pages."""
    url = f"sqlite:///{tmp_path_factory.mktemp('fujian') / 'homes.sqlite'}"
    run = CliRunner().invoke
    for words in (
        ["--mapping", "ali-fujian-2026", str(ALI)],
        ["--mapping", "jd-fujian-2026", str(JD)],
        ["--observed-at", "2026-03-13T12:00", str(NOTICES)],
        ["--mapping", "lianjia-communities", str(LIANJIA)],
    ):
        assert run(app, ["capture", "--quiet", "--db", url, *words]).exit_code == 0
    assert run(app, ["link", "--db", url]).exit_code == 0
    return url


@pytest.fixture
def report(fujian: str) -> Command:
    def ask(*words: str) -> Result:
        return CliRunner().invoke(app, ["report", *words, "--db", fujian])

    return ask


def rows_of(result: Result) -> list[dict[str, Any]]:
    assert (result.exit_code, result.stderr) == (0, "")
    rows: list[dict[str, Any]] = json.loads(result.stdout)
    return rows


def published() -> dict[str, dict[str, str]]:
    """What the two files say is upcoming, read with nothing of ours: the row by its listing."""
    found = {}
    for folder, source in ((ALI, "ali_judicial"), (JD, "jd_judicial")):
        (path,) = folder.glob("*.csv")
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                if "即将" in "".join(map(str, row.values())):
                    numbers = re.findall(r"\d{9,14}", str(row.get("网站链接") or row))
                    found[f"{source}:{numbers[-1]}"] = row
    return found


def test_deals_give_the_discounts_that_the_published_figures_have(report: Command) -> None:
    rows = {row["listing"]: row for row in rows_of(report("deals", "--as-of", "2026-09-04", "--format", "json"))}
    files = published()
    assert set(rows) == set(files)
    assert len(rows) == 4
    for listing, row in rows.items():
        start = Decimal(files[listing]["起拍价格"])
        appraisal = Decimal(files[listing]["评估价(万元)"]) * 10_000
        assert Decimal(str(row["price"])) == start
        percent = (100 * (appraisal - start) / appraisal).quantize(Decimal("0.01"))
        assert abs(Decimal(str(row["appraisal_discount_percent"])) - percent) <= Decimal("0.01")


def test_upcoming_tells_the_hour_at_the_place(report: Command) -> None:
    found = report("upcoming", "--as-of", "2026-09-04", "--days", "60", "--format", "json")
    told = {row["listing"]: row["local_time"] for row in rows_of(found) if row["what"] == "start"}
    stated = {
        listing: datetime.fromisoformat(row["拍卖时间"].replace("Z", "+00:00")).astimezone(UTC)
        for listing, row in published().items()
        if row["拍卖时间"].endswith("Z")
    }
    assert {listing: f"{at:%Y-%m-%d} 10:00" for listing, at in stated.items() if at.hour == 2} == {
        listing: told[listing] for listing in stated
    }
    assert set(told) == set(published())


def test_the_cost_of_a_home_quotes_its_notice(report: Command) -> None:
    found = report("cost", "ali_judicial:564300723015", "--kind", "shop", "--format", "json")
    told = {row["item"]: row for row in rows_of(found)}
    assert told["price"]["amount"] == 264_000.0
    assert told["deed_tax"]["amount"] == 7_920.0
    assert told["seller_taxes"]["amount"] == 0
    assert told["seller_taxes"]["quote"].endswith("所涉及的一切税、费等均按国家及当地主管部门规定由相应主体承担")
    assert told["arrears"]["amount"] is None
    assert told["arrears"]["quote"].startswith("可能存在的物业、水、电等欠费由买受人承担")
    assert told["total"]["why"] == "at least; not known: arrears, eviction"


def test_homes_stand_side_by_side_in_a_file(report: Command) -> None:
    one, other = "ali_judicial:625660290131", "jd_judicial:311216968"
    found = report("compare", one, other, "--format", "csv")
    rows = {row["fact"]: row for row in csv.DictReader(io.StringIO(found.stdout, newline=""))}
    assert (rows["leased"][one], rows["leased"][other]) == ("yes", "")
    assert (rows["area"][one], rows["area"][other]) == ("591.4", "134.78")
    assert (rows["price"][one], rows["price"][other]) == ("2442245.60", "1910000.00")


def test_the_next_round_of_a_recorded_second_auction_is_the_sell_off(report: Command) -> None:
    found = report("next-round", "jd_judicial:311216968", "--as-of", "2026-09-04", "--format", "json")
    told = {row["fact"]: row["value"] for row in rows_of(found)}
    assert (told["round"], told["next_round"], told["lowest_price"]) == ("second_auction", "sell_off", 1_910_000.0)
    assert told["chance_to_fail_percent"] is None
    assert told["rounds_counted"] < 30


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("deals", "--by", "markt"), 2, "the nearest is 'market'"),
        (("deals", "--kind", "flats"), 2, "the nearest is 'flat'"),
        (("cost", "ali_judicial:1"), 1, "no listing 'ali_judicial:1'"),
        (("cost", "jd_judicial:311216968", "--agent", "two"), 2, "--agent: cannot read 'two'"),
        (("compare", "jd_judicial:311216968"), 2, "two to 6"),
        (("next-round", "jd_judicial:311216968", "--as-of", "2020-01-01"), 1, "nothing was known of"),
        (("upcoming", "--days", "0"), 2, "--days"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_one_sentence(
    report: Command, words: tuple[str, ...], code: int, said: str
) -> None:
    result = report(*words)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr


def test_before_the_first_observation_there_is_nothing(report: Command) -> None:
    for command in ("deals", "upcoming"):
        result = report(command, "--as-of", "2015-01-01", "--format", "json")
        assert (result.exit_code, json.loads(result.stdout)) == (0, [])
        assert result.stderr.startswith("fapai: --as-of 2015-01-01: nothing was observed by then")


def test_the_table_of_rates_lies_beside_the_program() -> None:
    """Wherever the program is installed: it is read as a resource of its package, not by a path."""
    program = "from reporting.buyer.rates import all_rates; print(len(all_rates()))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) > 30
