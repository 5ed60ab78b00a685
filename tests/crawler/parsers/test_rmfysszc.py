"""人民法院诉讼资产网: the rules behind the fields, on recorded answers."""

import json
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from crawler.errors import Blocked, LayoutChanged
from crawler.items import PageContent
from crawler.page import Page
from crawler.parsers import rmfysszc
from crawler.parsers.rmfysszc.lot_page import asset_of
from crawler.reading import statement_of
from store.terms import RoundStatus

FIXTURES = Path(__file__).parents[3] / "fixtures" / "rmfysszc" / "list"
NOW = datetime(2022, 11, 15, 2, tzinfo=UTC)
LIST_URL = "https://www1.rmfysszc.gov.cn/ProjectHandle.shtml"
PAGE_1 = (FIXTURES / "guangdong-page-1-upcoming-and-ended" / "input.json").read_bytes()
PAGE_32 = (FIXTURES / "one-page-past-the-end" / "input.json").read_bytes()


def read_list(body: bytes = PAGE_1, url: str = LIST_URL) -> PageContent:
    return rmfysszc.parse_list(Page(body, url, NOW))


def read_status(body: str, url: str = "https://www1.rmfysszc.gov.cn/Object/Finish.shtml?oid=131987") -> PageContent:
    return rmfysszc.parse_status(Page(body.encode(), url, NOW))


def test_titles_are_the_full_ones_of_the_attribute() -> None:
    assert not any("…" in (item.title or "…") for item in read_list().items)


def test_same_asset_stands_under_a_new_id_in_each_round() -> None:
    prices = {item.source_id: item.starting_price_raw or item.hammer_price_raw for item in read_list().items}
    assert prices["130720"] == prices["131219"] == "87.719031万"  # the 变卖 does not cut the price
    assert prices["129976"] == "97.46559万"


ROUNDS = {  # assets of page 1 that stand there in two or three rounds (seen 2022-11)
    ("130568", "132030"),
    ("130343", "132004"),
    ("130990", "131986"),
    ("129448", "131593"),
    ("130935", "131237"),
    ("129976", "130720", "131219"),
}


def test_asset_id_joins_the_rounds_of_an_asset_and_nothing_else() -> None:
    ids: dict[str, list[str]] = {}
    for item in read_list().items:
        assert item.details is not None
        assert item.details.asset_id is not None
        ids.setdefault(item.details.asset_id, []).append(item.source_id)
    assert {tuple(sorted(lots)) for lots in ids.values() if len(lots) > 1} == ROUNDS
    assert len(ids) == 20 - 7  # 13 lots are 6 assets


def test_shares_of_an_ownership_are_told_by_the_title() -> None:
    shares = {item.source_id: item.details.share_raw for item in read_list().items if item.details}
    assert {lot: share for lot, share in shares.items() if share} == {
        "132004": "三分之一",
        "130343": "三分之一",
        "131593": "二分之一",
        "129448": "二分之一",
    }


@pytest.mark.parametrize(
    "picture",
    [
        None,
        "",
        "https://filegy.rmfysszc.gov.cn/none.jpg",
        "https://x/2022/1020/A6CED3EC96B79327810AAB9C0B0D7061/BEE3692DEB56DEF20A886B236CA760D6/other-1.jpg",
        "https://x/2022/1020/abc/abc-1.jpg",
    ],
)
def test_a_picture_at_another_kind_of_address_tells_no_asset(picture: str | None) -> None:
    assert asset_of(picture) is None


def test_prices_are_round_shares_of_the_assessed_value() -> None:
    """What tells that the price of an ended card is the starting price: no odd quotient among the failed."""
    shares = set()
    for item in read_list().items:
        if item.status_raw == "已流标":
            price, assessed = (
                Fraction(str(raw).removesuffix("万")) for raw in (item.starting_price_raw, item.appraisal_price_raw)
            )
            shares.add(round(float(price / assessed), 3))
    assert shares == {1.0, 0.9, 0.85, 0.81, 0.8, 0.72, 0.702, 0.7, 0.63}


def test_only_lots_without_a_result_are_asked_for_their_status() -> None:
    follows = [follow for follow in read_list().follows if follow.reader == rmfysszc.STATUS]
    assert [follow.url.rpartition("=")[2] for follow in follows] == ["132030", "132004", "131987", "131986"]


def test_only_lots_without_a_result_are_asked_for_their_page() -> None:
    follows = [follow for follow in read_list().follows if follow.reader == rmfysszc.LOT]
    assert [follow.about for follow in follows] == ["132030", "132004", "131987", "131986"]
    assert follows[0].url == "https://www1.rmfysszc.gov.cn/statichtml/rm_obj/132030.shtml"


def test_next_page_is_asked_by_post_until_the_tip_ends_the_list() -> None:
    (following,) = [follow for follow in read_list().follows if follow.is_next_page]
    assert (following.method, following.url) == ("POST", LIST_URL)
    assert following.form == rmfysszc.list_form(2)
    last = read_list(PAGE_32)
    assert "下一页".encode() in PAGE_32
    assert (last.items, last.follows) == ([], [])


def test_page_31_of_31_still_asks_for_the_next() -> None:
    answer = json.loads(PAGE_1)
    answer["page"] = answer["page"].replace(">1<", ">31<").replace("pagecur'>1", "pagecur'>31")
    (following,) = [follow for follow in read_list(json.dumps(answer).encode()).follows if follow.is_next_page]
    assert following.form is not None
    assert following.form["page"] == "32"


def test_area_of_the_form_is_the_callers() -> None:
    form = rmfysszc.list_form(3, "广东省")
    assert (form["area"], form["page"], form["type"]) == ("广东省", "3", "0")
    assert len(form) == 17


def test_area_goes_on_from_page_to_page() -> None:
    first = rmfysszc.list_page(1, "广东省")
    second = [follow for follow in read_list(url=first.url).follows if follow.is_next_page]
    assert [follow.form for follow in second] == [rmfysszc.list_form(2, "广东省")]
    assert second[0].url == first.url
    status = [follow.url for follow in read_list(url=first.url).follows if follow.reader == rmfysszc.STATUS]
    assert status[0] == "https://www.rmfysszc.gov.cn/Object/Finish.shtml?oid=132030"


@pytest.mark.parametrize("length", [1, 300, 5000, 9000, len(PAGE_1) - 1])
def test_a_cut_answer_is_refused(length: int) -> None:
    with pytest.raises(LayoutChanged):
        read_list(PAGE_1[:length])


def test_answer_escaped_as_ascii_reads_the_same() -> None:
    assert read_list(json.dumps(json.loads(PAGE_1)).encode("ascii")) == read_list()


STATES = [
    ("({state:'0',time:'2022-04-01 10:09:52',price:'107.7749',fun1:'0'})", RoundStatus.SOLD),
    ("({state:'0',time:'2022-11-29 10:00:00',price:'0',fun1:'1'})", RoundStatus.FAILED),
    ("({state:'1',price:'105.1'})", RoundStatus.ONGOING),
    ("({state:'3'})", None),
    ("({state:'4'})", RoundStatus.HALTED),
    ("({state:'5'})", None),
    ("({state:'6'})", RoundStatus.ENDED),
]


@pytest.mark.parametrize(("body", "expected"), STATES)
def test_state_of_the_answer_tells_the_status(body: str, expected: RoundStatus | None) -> None:
    (item,) = read_status(body).items
    assert item.source_id == "131987"
    assert item.status_raw is not None
    assert rmfysszc.DIALECT.status_labels[item.status_raw] is expected


@pytest.mark.parametrize("body", ["({state:'0',price:'1'})", "({state:'2'})", "({state:'0',fun1:'7'})"])
def test_states_that_nobody_explains_stay_out_of_the_table(body: str) -> None:
    (item,) = read_status(body).items
    assert item.status_raw not in rmfysszc.DIALECT.status_labels


def test_price_is_in_wan_and_means_what_the_state_says() -> None:
    (sold,) = read_status(STATES[0][0]).items
    assert (sold.hammer_price_raw, sold.current_price_raw) == ("107.7749万", None)
    (running,) = read_status(STATES[2][0]).items
    assert (running.hammer_price_raw, running.current_price_raw) == (None, "105.1万")
    (failed,) = read_status(STATES[1][0]).items
    assert (failed.hammer_price_raw, failed.current_price_raw, failed.starting_price_raw) == (None, None, None)


BROKEN = ["", "()", "({})", "({state:''})", "({state:'0',price:'x'})", "({state:'0',price})", "{'state':'0'}", "null"]


@pytest.mark.parametrize("body", BROKEN)
def test_status_in_another_form_is_refused(body: str) -> None:
    with pytest.raises(LayoutChanged):
        read_status(body)


@pytest.mark.parametrize("query", ["", "?oid=", "?oid=x1", "?oid=1&oid=2", "?id=1"])
def test_status_without_its_lot_is_refused(query: str) -> None:
    with pytest.raises(LayoutChanged):
        read_status("({state:'1'})", f"https://www1.rmfysszc.gov.cn/Object/Finish.shtml{query}")


def test_a_file_of_answers_gives_those_that_name_their_lot() -> None:
    body = (FIXTURES.parent / "status" / "four-answers-in-one-file" / "input.json").read_text("utf-8")
    content = read_status(body, "file:Finish-samples-2022-12.json")
    assert [(item.source_id, item.current_price_raw) for item in content.items] == [("131987", "105.1万")]
    assert [(row.position, row.reason) for row in content.refused] == [
        (number, "status without its lot") for number in (1, 2, 4)
    ]


def test_firewall_blocks_every_reader_of_the_source() -> None:
    wall = "<html><body>很抱歉，您的访问存在异常！</body></html>".encode()
    for reader in rmfysszc.READERS:
        with pytest.raises(Blocked):
            reader.parse(Page(wall, LIST_URL, NOW))


# The lot and the search ----------------------------------------------------------------------------------------------

LOT = (FIXTURES.parent / "lot" / "first-auction-with-notice" / "input.html").read_text("utf-8")
LOT_URL = "https://www.rmfysszc.gov.cn/statichtml/rm_obj/131987.shtml"
SEARCH = (FIXTURES.parent / "search" / "results-of-chengdu" / "input.html").read_text("utf-8")
SEARCH_URL = "http://www1.rmfysszc.gov.cn/projects.shtml?s=q"


def read_lot(markup: str = LOT, url: str = LOT_URL) -> PageContent:
    return rmfysszc.parse_lot(Page(markup.encode(), url, NOW))


def test_prices_of_the_lot_page_win_over_those_of_its_notice() -> None:
    (item,) = read_lot().items
    assert "评估价：1400000元" in LOT
    assert (item.starting_price_raw, item.appraisal_price_raw) == ("105.1万元", "150.090248万")
    assert item.details is not None
    assert item.details.deposit_raw == "10万"


def test_what_only_the_notice_tells_is_taken_from_it() -> None:
    reader = next(reader for reader in rmfysszc.READERS if reader.name == rmfysszc.LOT)
    (item,) = read_lot().items
    statement, extras = statement_of(item, reader, NOW)
    assert statement.starts_at == datetime(2022, 12, 7, 2, tzinfo=UTC)
    assert statement.case_number == "(2022)粤1303执1234号"
    assert statement.increment == 5000_00
    assert extras is not None
    assert [attachment.name for attachment in extras.attachments] == ["评估报告.pdf"]


def test_names_and_telephones_of_a_notice_stay_on_the_page() -> None:
    (item,) = read_lot(LOT.replace("陈××", "陈大文").replace("138××××××××", "020-12345678")).items
    assert "陈大文" not in repr(item)
    assert "12345678" not in repr(item)


@pytest.mark.parametrize(
    "address",
    ["statichtml/rm_obj/7.shtml", "statichtml/rm_xmdetail/7.shtml", "Handle/7.shtml"],
)
def test_each_known_address_names_the_lot(address: str) -> None:
    (item,) = read_lot(url=f"https://www.rmfysszc.gov.cn/{address}").items
    assert item.source_id == "7"


def test_state_of_the_lot_page_is_not_guessed_from_its_notice() -> None:
    (item,) = read_lot(LOT.replace("现公告如下", "本标的物第一次拍卖已流拍，本标的物已流拍，现公告如下")).items
    assert (item.status_raw, item.hammer_price_raw) == (None, None)


def test_a_search_price_without_its_unit_is_not_taken_for_yuan() -> None:
    content = rmfysszc.parse_search(Page(SEARCH.encode(), SEARCH_URL, NOW))
    assert [(item.source_id, item.starting_price_raw) for item in content.items] == [
        ("900201", "66.5万"),
        ("900202", None),
    ]
    assert content.items[1].words["起拍价"] == "665000"
    assert [row.position for row in content.refused] == [3]
    assert content.items[0].url == "http://www1.rmfysszc.gov.cn/Handle/900201.shtml"


def test_a_search_without_rows_needs_the_words_for_none() -> None:
    head = SEARCH[: SEARCH.index("</tr>") + 5]
    with pytest.raises(LayoutChanged):
        rmfysszc.parse_search(Page(f"{head}</table></body></html>".encode(), SEARCH_URL, NOW))
