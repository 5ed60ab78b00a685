"""What a browser posted becomes part of the address, so that answers which do not name their lot are told apart."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from crawler.intake.arrived import CapturedPage, FoundPage, Skipped
from crawler.intake.files import take_in
from crawler.intake.posted import with_posted
from crawler.parsers import jd_assets, jd_judicial
from crawler.parsers.jd.calls import NO_CALL, call_address, read_call
from crawler.reading import read

FIXTURES = Path(__file__).parents[3] / "fixtures" / "jd_judicial"
READERS = (*jd_judicial.READERS, *jd_assets.READERS)
GATEWAY = "https://api.m.jd.com/api"
SEEN_AT = datetime(2026, 9, 1, 3, tzinfo=UTC)


def request(form, **others):
    text = form if isinstance(form, str) else urlencode(form)
    posted = {"mimeType": "application/x-www-form-urlencoded; charset=UTF-8", "text": text}
    return {"method": "POST", "postData": posted} | others


def arrive(body, url=GATEWAY, content_type="application/json"):
    found = FoundPage("visit.har#1", url, body, ("visit.har",), SEEN_AT, content_type)
    (arrived,) = take_in(found, READERS, is_given=False, at=None)
    return arrived


def test_description_of_a_home_is_told_apart_by_the_posted_form_alone():
    body = next(FIXTURES.glob("description/*/input.json")).read_bytes()
    form = {"functionId": "queryProductDescription", "body": '{"paimaiId":311109381,"source":5}', "h5st": "x" * 300}
    assert isinstance(arrive(body), Skipped)
    arrived = arrive(body, with_posted(GATEWAY, request(form)))
    assert isinstance(arrived, CapturedPage)
    assert (arrived.reader.name, "h5st" in arrived.page.url) == ("jd_judicial.description", False)
    assert [listing.source_id for listing in read(arrived.page, arrived.reader).listings] == ["311109381"]


def test_name_of_the_function_may_stand_in_the_address_and_its_body_in_the_form():
    url = with_posted(f"{GATEWAY}?functionId=queryNotice&appid=paimai", request({"body": '{"paimaiId":7}'}))
    assert read_call(url) == ("queryNotice", {"paimaiId": 7}, {})


def test_calls_by_get_read_as_before():
    url = call_address("queryNotice", {"paimaiId": 7}, source="jd_assets", untold="appraisal_price_raw")
    assert read_call(url) == ("queryNotice", {"paimaiId": 7}, {"source": "jd_assets", "untold": "appraisal_price_raw"})
    for none in (
        "https://x.example/?a=1#functionId=",
        f"{GATEWAY}?functionId=a&body=%7B",
        "http://[",
        f"{GATEWAY}?functionId=",
    ):
        assert read_call(none) == NO_CALL


@pytest.mark.parametrize(
    "form", [{"username": "a", "password": "b"}, "loginname=a&x=1", {"userPwd": "b", "functionId": "queryNotice"}]
)
def test_the_form_of_a_login_is_left_out_as_a_whole(form):
    assert with_posted(GATEWAY, request(form)) == GATEWAY


def test_fields_that_stand_for_a_person_or_a_browser_are_left_out():
    fields = {
        "h5st": "a",
        "x-api-eid-token": "b",
        "mobile": "138",
        "uuid": "c",
        "sign": "d",
        "pin": "e",
        "long": "x" * 2_000,
    }
    url = with_posted(GATEWAY, request({"functionId": "queryNotice", **fields}))
    assert dict(parse_qsl(urlsplit(url).fragment)) == {"functionId": "queryNotice"}


def test_fields_that_the_browser_took_apart_are_read_where_it_kept_no_text():
    params = [{"name": "cpdm", "value": "8DBE"}, {"name": "jjcc"}, {"value": "1"}, 7]
    posted = {"mimeType": "application/x-www-form-urlencoded", "params": params}
    assert with_posted(GATEWAY, {"method": "POST", "postData": posted}) == f"{GATEWAY}#cpdm=8DBE"


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        (f"{GATEWAY}#kept", request({"a": "1"})),
        (GATEWAY, request({"a": "1"}, method="GET")),
        (GATEWAY, {"method": "POST"}),
        (GATEWAY, {"method": "POST", "postData": {"mimeType": "application/json", "text": '{"a": 1}'}}),
        (GATEWAY, {"method": "POST", "postData": {"mimeType": None, "text": 5}}),
        (GATEWAY, request("a=" + "1" * 9_000)),
        ("http://[", request("%%%")),
    ],
)
def test_other_addresses_stay_as_they_are(url, asked):
    assert with_posted(url, asked) == url


@pytest.mark.parametrize(
    "kind", ["application/javascript", "text/javascript; charset=utf-8", "application/x-javascript"]
)
def test_an_answer_wrapped_in_a_call_is_a_page_although_its_type_says_script(kind):
    body = next(FIXTURES.glob("basic/second-auction*/input.json")).read_bytes()
    url = call_address("getProductBasicInfo", {"paimaiId": 311109381}, source="jd_judicial")
    arrived = arrive(b"jQuery3_17(" + body + b");", url, kind)
    assert isinstance(arrived, CapturedPage)
    assert [each.source_id for each in read(arrived.page, arrived.reader).listings] == ["311109381"]
    other = arrive(b"var a = 1;", "https://storage.360buyimg.com/app.js?v=1", kind)
    assert (type(other), other.reason) == (Skipped, "a script")
