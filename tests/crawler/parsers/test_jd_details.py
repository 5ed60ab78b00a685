"""JD's details: the rules behind the fields, on recorded answers and on texts that pages of 2026 showed."""

import json
import time
from datetime import UTC, datetime

import pytest

from crawler.errors import LayoutChanged
from crawler.items import PageContent
from crawler.page import Page
from crawler.parsers.jd.calls import (
    ANNOUNCEMENT,
    BASIC,
    DESCRIPTION,
    REALTIME,
    VENDOR,
    call_address,
    read_call,
)
from store.terms import FactKind, RoundStatus
from tests.crawler.parsers.jd_help import (
    NOW,
    READERS,
    answer,
    case,
    data_of,
    only,
    parse,
    statements,
)

# Details -----------------------------------------------------------------------------------------------------------


def test_recorded_answers_of_one_item_agree_field_by_field() -> None:
    statement, _ = statements("jd_assets/basic/pillow-of-an-auction-house")["280492523"]
    assert (statement.starting_price, statement.deposit, statement.increment) == (28_000, 10_000, 1_000)
    assert (statement.extension_minutes, statement.appraisal_price, statement.is_loan_offered) == (5, None, False)
    assert (statement.region_code, statement.latitude) == ("440111", None)
    assert statement.starts_at == datetime(2021, 8, 9, 18, 40, tzinfo=UTC)
    state, _ = statements("jd_assets/realtime/ended-without-a-bid")["280492523"]
    assert (state.status, state.bid_count, state.applicant_count) == (RoundStatus.FAILED, 0, 0)
    assert state.ends_at == statement.ends_at


def test_answers_kept_beside_a_bundle_are_read_or_refused_each_by_its_name() -> None:
    content = parse("jd_assets/bundle/pillow-and-loose-answers")
    item, row = content.items
    assert (item.source_id, item.status_raw, item.seller_name) == (
        "280492523",
        "auctionStatus 2, failed",
        "湖南森拓拍卖有限公司",
    )
    assert item.starting_price_raw == 280.0
    assert (row.source, row.source_id, row.round_raw) == ("jd_judicial", "292142186", "paimaiTimes 4")
    assert (row.seller_name, row.current_price_raw) == ("广州市白云区人民法院", "2066947.92")
    assert [(each.position, each.excerpt.rpartition(": ")[2], each.reason) for each in content.refused] == [
        (2, "queryAttachFilesForIntro_with_one_file", "an answer that does not name its listing"),
        (3, "queryVendorInfo_court", "an answer that does not name its listing"),
        (4, "productAddressResult", "an answer that does not name its listing"),
    ]


def test_hidden_reserve_leaves_the_outcome_of_bids_open() -> None:
    bundle = json.loads(case("jd_judicial/bundle/flat-sold-with-its-text").body)
    reader = READERS["jd_judicial.bundle"]

    def status() -> str | None:
        return only(reader.parse(Page(json.dumps(bundle).encode(), "file:x.json", NOW))).status_raw

    assert status() == "auctionStatus 2, sold"
    bundle[BASIC]["data"]["minPrice"] = "有"
    assert status() == "auctionStatus 2"
    bundle[REALTIME]["data"]["confirmationUrl"] = "https://storage.jd.com/salesconfirmation.customs.paimai/0/1"
    assert status() == "auctionStatus 2, sold"


def test_consultants_bidders_and_telephones_are_not_read() -> None:
    answers = [
        "jd_judicial/basic/second-auction-of-a-flat-with-parking-space",
        "jd_assets/basic/pillow-of-an-auction-house",
        "jd_judicial/realtime/running-with-four-bids",
        "jd_judicial/realtime/ended-with-ten-of-29-bids",
        "jd_judicial/vendor/court",
    ]
    secrets = ["刘××", "××××××××", "11111111111"]
    for name in answers[2:4]:
        secrets += [bid["username"] for bid in data_of(name)["bidList"]]
    assert len(secrets) == 17
    for name in answers:
        read_words = repr(parse(name).items)
        assert [secret for secret in secrets if secret in read_words] == []


def test_bids_stand_newest_first_with_their_times() -> None:
    name = "jd_judicial/realtime/running-with-four-bids"
    entries = data_of(name)["bidList"]
    item = only(parse(name))
    assert item.details is not None
    assert [(bid.amount_raw, bid.placed_at_raw) for bid in item.details.bids] == [
        (entry["price"], entry["bidTime"]) for entry in entries
    ]
    assert item.details.bidder_count_raw == len({entry["username"] for entry in entries}) == 4
    _, extras = statements(name)[item.source_id]
    assert extras is not None
    assert extras.bids[0].amount == 591_483_240


def test_number_of_bidders_is_told_only_where_all_bids_are_shown() -> None:
    item = only(parse("jd_judicial/realtime/ended-with-ten-of-29-bids"))
    assert item.details is not None
    assert (len(item.details.bids), item.bid_count_raw, item.details.bidder_count_raw) == (10, 29, None)


def test_further_bids_of_an_ended_lot_are_asked_ten_by_ten() -> None:
    page = case("jd_judicial/realtime/ended-with-ten-of-29-bids")
    windows: list[tuple[int, int]] = []
    url = page.url
    while follows := READERS["jd_judicial.realtime"].parse(Page(page.body, url, NOW)).follows:
        assert len(windows) < 3
        url = follows[0].url
        windows.append((read_call(url).body["start"], read_call(url).body["end"]))
    assert windows == [(10, 19), (20, 29)]


def test_record_of_a_running_lot_is_not_asked_further() -> None:
    page = case("jd_judicial/realtime/ended-with-ten-of-29-bids")
    body = page.body.replace(b'"auctionStatus": 2', b'"auctionStatus": 1')
    assert body != page.body
    assert READERS["jd_judicial.realtime"].parse(Page(body, page.url, NOW)).follows == []


def test_steps_of_a_reduction_stand_in_the_record_marked_as_such() -> None:
    item = only(parse("jd_assets/realtime/price-reduction"))
    assert item.details is not None
    assert [(bid.amount_raw, bid.outcome) for bid in item.details.bids] == [(2_200_000.0, "降价")]
    assert item.round_raw == "降价拍"


def test_basic_data_lead_to_the_other_answers_and_to_the_seller_only_where_he_is_not_named() -> None:
    named = parse("jd_judicial/basic/second-auction-of-a-flat-with-parking-space").follows
    forms = ["realtime", "description", "announcement", "notice", "attachments"]
    assert [follow.reader for follow in named] == [f"jd_judicial.{form}" for form in forms]
    assert {follow.about for follow in named} == {"311109381"}
    nameless = parse("jd_judicial/basic/withdrawn-without-the-name-of-the-court").follows
    vendor = read_call(nameless[-1].url)
    assert (vendor.function, vendor.body) == (
        VENDOR,
        {"publishSource": 7, "vendorId": 641541, "paimaiId": 311192865},
    )


def test_details_of_an_asset_found_by_the_courts_window_belong_to_the_asset_platform() -> None:
    page = case("jd_assets/basic/pillow-of-an-auction-house")
    found = READERS["jd_judicial.basic"].parse(Page(page.body, call_address(BASIC, {"paimaiId": 280492523}), NOW))
    assert only(found).source == "jd_assets"
    state = case("jd_assets/realtime/ended-without-a-bid")
    reader = READERS[found.follows[0].reader]
    assert reader.name == "jd_judicial.realtime"
    assert only(reader.parse(Page(state.body, found.follows[0].url, NOW))).source == "jd_assets"


def test_text_gives_what_the_api_does_not_and_nothing_that_it_does() -> None:
    item = only(parse("jd_judicial/announcement/second-auction"))
    assert b"134" in case("jd_judicial/announcement/second-auction").body
    assert (item.starting_price_raw, item.appraisal_price_raw, item.round_raw, item.status_raw) == (None,) * 4
    assert item.details is not None
    assert (item.details.deposit_raw, item.details.increment_raw) == (None, None)
    assert item.details.case_number == "（2025）闽0503执1234号"


def test_areas_and_certificate_come_from_the_description() -> None:
    flat, _ = statements("jd_judicial/description/flat-with-its-certificate")["310836078"]
    assert (flat.floor_area, flat.certificate) == (14_451, "闽（2023）泉州市不动产权第0007091号")
    table, _ = statements("jd_judicial/description/table-with-two-areas")["310841299"]
    assert (table.floor_area, table.private_area) == (11_359, 9_041)


def test_appraisal_of_a_text_is_taken_only_where_the_api_has_none() -> None:
    without, _ = statements("jd_assets/description/appraisal-that-the-api-has-not")["319100010"]
    beside, _ = statements("jd_assets/description/appraisal-that-the-api-has")["319100010"]
    assert (without.appraisal_price, beside.appraisal_price) == (330_000_000, None)
    follows = parse("jd_assets/basic/pillow-of-an-auction-house").follows
    assert {read_call(follow.url).note.get("untold") for follow in follows} == {"appraisal_price_raw"}
    follows = parse("jd_judicial/basic/second-auction-of-a-flat-with-parking-space").follows
    assert {read_call(follow.url).note.get("untold") for follow in follows} == {None}


def test_flags_are_facts_only_where_they_say_yes() -> None:
    flagged = only(parse("jd_judicial/basic/sell-off-with-a-market-price-alone"))
    plain = only(parse("jd_assets/basic/pillow-of-an-auction-house"))
    assert flagged.details is not None
    assert plain.details is not None
    assert [fact.kind for fact in flagged.details.facts] == [FactKind.PURCHASE_LIMIT, FactKind.PRE_EMPTION]
    assert plain.details.facts == ()


def test_deleted_files_are_left_out_and_the_ruling_names_the_case() -> None:
    item = only(parse("jd_judicial/attachments/certificate-and-rulings"))
    assert item.details is not None
    assert [each.name for each in item.details.attachments] == [
        "不动产权证书（803）.pdf",
        "执行裁定书.pdf",
        "（2024）闽0583执1234号执行裁定书.pdf",
    ]
    assert item.details.case_number == "（2024）闽0583执1234号"


def test_five_hundred_details_take_less_than_a_cpu_second() -> None:
    """A guard, not the measurement: the recorded basic and realtime answers, several times faster than asked for."""
    pages = [
        (READERS["jd_assets.basic"], case("jd_assets/basic/pillow-of-an-auction-house")),
        (READERS["jd_judicial.realtime"], case("jd_judicial/realtime/ended-with-ten-of-29-bids")),
    ]
    start = time.process_time()
    for _ in range(250):
        for reader, page in pages:
            reader.recognises(page)
            reader.parse(page)
    assert time.process_time() - start < 1


def test_announcement_is_told_by_its_listing_not_by_its_album() -> None:
    body = {"code": 0, "data": {"id": 1, "title": "拍卖公告", "content": "<p>x</p>"}}
    with pytest.raises(LayoutChanged, match="paimaiId"):
        answer(body, call_address(ANNOUNCEMENT, {"albumId": 2779803}), "jd_judicial.announcement")


def test_description_without_markup_says_nothing() -> None:
    url = call_address(DESCRIPTION, {"paimaiId": 311109381})
    assert answer({"code": 0, "data": " "}, url, "jd_judicial.description") == PageContent()
