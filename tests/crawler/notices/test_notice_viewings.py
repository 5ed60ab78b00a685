"""When notices say that a home is shown: all 53 page texts as a person reads them, and wordings one by one."""

import json
from pathlib import Path

import pytest

from crawler.items import FactItem
from crawler.notices import read_notice
from store.terms import Answer, FactKind

FOLDER = Path(__file__).parents[3] / "fixtures" / "notices" / "ali-page-texts"
TEXTS: dict[str, str] = {each["id"]: each["text"] for each in json.loads((FOLDER / "texts.json").read_text("utf-8"))}
ANNOUNCED = "某某法院将于2020年6月1日10时至2020年6月2日10时止（延时的除外）进行公开拍卖活动，现公告如下：\n"
SIGNED = "\n某某市人民法院\n二〇二〇年五月六日\n"

YES, NO = Answer.YES, Answer.NO
Told = tuple[Answer, str | None, str | None]

TOLD_BY_TEXTS: dict[str, list[Told]] = {
    "537204227941": [
        (YES, "2016-07-22", "2016-08-22")
    ],  # 即日起至拍卖日前: signed the 22nd, the third sale on the 23rd
    "564300723015": [(NO, None, None)],  # 不做统一安排
    "570993088158": [(NO, None, None)],  # 故法院不安排看样时间
    "571317143035": [(YES, "2018-06-19 14:30:00", None)],
    "574609156807": [(YES, "2018-08-02", "2018-09-02")],
    "590686980590": [(YES, "2019-03-03", "2019-05-16 10:00:00")],  # 公告公布之日起至拍卖结束前
    "624819358486": [(YES, None, None)],  # 根据预约情况
    "625877061550": [(NO, None, None)],
    "626391223007": [(NO, None, None)],
    "626830589668": [(YES, "2020-09-12", "2020-09-26 17:00:00")],
    "629113572259": [(NO, None, None)],
    "629166856111": [(YES, None, "2020-11-15")],  # cut before its date; 至拍卖开始前一日止
    "629256245622": [(YES, None, None)],
    "629758010044": [(NO, None, None)],
    "629766626928": [(NO, None, None)],  # 接受咨询 until two days before, but nobody shows it
    "629862666367": [(NO, None, None)],
    "629894533905": [(NO, None, None)],
    "630154674435": [(NO, None, None)],
    "630214734221": [(YES, "2020-10-20", "2020-11-03 10:00:00")],
    "630259674310": [(YES, None, "2020-11-02")],  # 自公告之日起 of a notice without a date
    "630283416029": [(YES, "2020-10-30", "2020-11-13 16:00:00")],
    "630603229039": [(YES, "2020-10-30", "2020-11-14")],
    "915788307470": [(YES, None, None)],
    "986447751231": [(YES, None, None)],
}


def viewings_of(text: str) -> list[FactItem]:
    return [fact for fact in read_notice(text).details.facts if fact.kind is FactKind.VIEWING]


def told(text: str) -> list[Told]:
    return [(fact.answer, fact.starts_raw, fact.ends_raw) for fact in viewings_of(text)]  # type: ignore[misc]


@pytest.mark.parametrize("number", TEXTS)
def test_a_page_text_tells_the_viewings_that_a_person_finds_in_it(number: str) -> None:
    assert told(TEXTS[number]) == TOLD_BY_TEXTS.get(number, [])


@pytest.mark.parametrize(
    ("words", "begins", "ends"),
    [
        ("统一看样时间：2020年5月10日上午9时，地点现场。", "2020-05-10 09:00:00", None),
        ("看样时间：2020年5月10日下午2时半", "2020-05-10 14:30:00", None),
        ("看样时间：2020年5月10日下午2点至4点", "2020-05-10 14:00:00", "2020-05-10 16:00:00"),
        ("看样时间：2020年5月10日下午13:30-下午15:30", "2020-05-10 13:30:00", "2020-05-10 15:30:00"),
        ("看样时间：2020年5月10日晚上7点至9点", "2020-05-10 19:00:00", "2020-05-10 21:00:00"),
        ("看样时间：2020年5月10日上午9点至4点", "2020-05-10 09:00:00", None),  # 16:00, or a slip
        ("看样时间：2020年5月10日2点", "2020-05-10", "2020-05-10"),
        ("看样时间：2020年5月10日中午12点", "2020-05-10 12:00:00", None),
        ("看样时间：2020年5月10日中午1点", "2020-05-10 13:00:00", None),
        ("看样时间：2020年5月10日晚上12点", "2020-05-10", "2020-05-10"),
        ("看样时间：2020年5月10日晚上7点至12点", "2020-05-10 19:00:00", None),
        ("看样时间：2020年5月10日傍晚6点", "2020-05-10 18:00:00", None),
        ("看样时间：2020年5月10日9:75", "2020-05-10", "2020-05-10"),
        ("看样时间：2020年5月10日10时至2020年5月12日24时止", "2020-05-10 10:00:00", "2020-05-12"),
        ("看样时间：2020年5月10日0时起至5月12日24:00止", "2020-05-10 00:00:00", "2020-05-12"),
        ("看样时间：2020年5月10日24:00前", None, "2020-05-10"),
        ("看样时间：2020年5月10日至5月12日", "2020-05-10", "2020-05-12"),
        ("看样日期：2020年5月10日至12日，每日9:00-11:00", "2020-05-10", "2020-05-12"),
        ("看样时间：2019年12月30日至1月3日", "2019-12-30", "2020-01-03"),
        ("看样时间：2020年5月10日至5月12日（工作日）9:00—17:00", "2020-05-10", "2020-05-12"),
        ("看样时间：2020年5月10日至5月12日9:00-17:00", "2020-05-10", "2020-05-12"),
        ("看样时间：2020年5月10日9:00至5月12日17:00", "2020-05-10 09:00:00", "2020-05-12 17:00:00"),
        ("预展时间：2020年5月10日～5月12日(法定工作日)上午9:00～11:30，下午2:00～5:00", "2020-05-10", "2020-05-12"),
        ("看样时间：2020年5月10日（周日）至2020年5月12日（周二）17:00", "2020-05-10", "2020-05-12 17:00:00"),
        ("看样时间：2020年5月10日（星期日）上午9:30至11:30", "2020-05-10 09:30:00", "2020-05-10 11:30:00"),
        ("展示时间：2020.5.10-2020.5.12", "2020-05-10", "2020-05-12"),
        ("看样时间\t2020-05-10", "2020-05-10", "2020-05-10"),
        ("看样时间：2020 年 5 月 10 日 上午 9 ： 30 ～ 11 ： 30", "2020-05-10 09:30:00", "2020-05-10 11:30:00"),
        ("看样时间：2020年5月10日上午(9:30-11:30)", "2020-05-10 09:30:00", "2020-05-10 11:30:00"),
        ("看样时间：2020年5月10日上午9-11时", "2020-05-10 09:00:00", "2020-05-10 11:00:00"),
        ("看样时间：2020年5月10-12日", "2020-05-10", "2020-05-12"),
        ("看样时间：二〇二〇年五月十日上午九时三十分", "2020-05-10 09:30:00", None),
        ("看样时间：二○二○年五月十日至十二日", "2020-05-10", "2020-05-12"),
        ("看样时间：2020年5月10日上午十点至十一点半", "2020-05-10 10:00:00", "2020-05-10 11:30:00"),
        ("看样时间：2020年五月十日", "2020-05-10", "2020-05-10"),
        ("看样时间：20年5月10日下午2点半", "2020-05-10 14:30:00", None),
        ("看样时间：2020年5月10日9时2号楼下集合", "2020-05-10 09:00:00", None),
        ("看样时间：2020年5月10日9时一同前往", "2020-05-10 09:00:00", None),
        ("看样时间：2020年5月10日前往现场看样", "2020-05-10", "2020-05-10"),
        ("看样时间：2020年5月10日前", None, "2020-05-10"),
        ("看样时间：2020年5月10日起", "2020-05-10", None),
        ("看样时间：从2020年5月10日开始，每周二、四下午看样", "2020-05-10", None),
        ("看样时间：2020年5月10日之后", "2020-05-10", None),
        ("看样时间：2020年5月10日9时后可电话预约", "2020-05-10 09:00:00", None),
        ("看样时间：2020年5月10日至今", "2020-05-10", None),
        ("看样时间：2020年5月10日起至另行通知", "2020-05-10", None),
        ("看样时间：2020年5月10日左右", None, None),
        ("看样请于2020年5月10日17时前预约。", None, "2020-05-10 17:00:00"),
        ("看样截止时间：2020年5月10日", None, "2020-05-10"),
        ("看样时间：至2020年5月10日9:00-17:00", None, "2020-05-10"),
        ("本院定于2020年5月10日下午2时统一组织看样。", "2020-05-10 14:00:00", None),
        ("自公告之日起至2020年5月10日止接受咨询看样。", None, "2020-05-10"),
    ],
)
def test_a_time_is_read_as_it_is_worded(words: str, begins: str | None, ends: str | None) -> None:
    """Made up after the wordings of real notices."""
    assert told(words) == [(YES, begins, ends)]


@pytest.mark.parametrize(
    ("words", "begins", "ends"),
    [
        ("看样时间：自公告之日起至拍卖日前", "2020-05-06", "2020-05-31"),
        ("看样时间：即日起至开拍前两天", "2020-05-06", "2020-05-30"),
        ("看样时间：自公告之日起至拍卖开始前", "2020-05-06", "2020-06-01 10:00:00"),
        ("看样时间：自公告发布之日起至拍卖结束前", "2020-05-06", "2020-06-02 10:00:00"),
        ("统一看样时间：5月12日上午9时", "2020-05-12 09:00:00", None),
        ("统一看样时间：6月2日上午9时", "2020-06-02 09:00:00", None),  # bids are taken up to then
        ("看样时间：5月30日至6月1日", "2020-05-30", "2020-06-01"),
        ("看样时间：5月10-12日", "2020-05-10", "2020-05-12"),
        ("看样时间：五月十二日上午九时", "2020-05-12 09:00:00", None),
        ("看样时间：十二月十日至二〇二〇年五月十二日", None, None),
    ],
)
def test_days_are_counted_from_the_notice_and_its_sale(words: str, begins: str, ends: str | None) -> None:
    """Made up after the wordings of real notices."""
    assert told(f"{ANNOUNCED}{words}{SIGNED}") == [(YES, begins, ends)]


def test_a_day_of_december_before_a_sale_of_january_is_one_of_the_year_before() -> None:
    words = "某某法院将于2025年1月10日10时至2025年1月11日10时止进行公开拍卖活动。\n看样时间：12月28日至1月3日"
    assert told(words) == [(YES, "2024-12-28", "2025-01-03")]


@pytest.mark.parametrize(
    "words", ["6月12日下午3点", "12月1日上午", "12月28日至1月3日", "6月12日至5月20日", "1月5日", "2月30日"]
)
def test_a_day_without_a_year_that_is_not_shortly_before_the_sale_is_not_guessed(words: str) -> None:
    (viewing,) = viewings_of(f"{ANNOUNCED}看样时间：{words}{SIGNED}")
    assert (viewing.starts_raw, viewing.ends_raw, viewing.quote) == (None, None, f"看样时间：{words}")


@pytest.mark.parametrize(
    "words",
    [
        "看样时间：每周三下午",
        "看样时间：5月10日",  # of which year?
        "看样时间：自公告之日起",
        "看样时间：2020年5月12日至2020年5月10日",
        "看样时间：2020年5月12日至1月10日",
        "看样时间：2020年5月12日起至拍卖日前",  # of a sale that is not told
        "看样时间：2020年2月30日",
        "咨询时间：2020年5月10日上午9时",
        "咨询、展示看样的时间与方式：联系时间上午9:00-11:15，电话0512-65123456，400-822-2870",
        "有意者请亲自实地看样，未看样的竞买人视为对本标的实物现状的确认，责任自负。",
        "竞价时间：2020年6月1日10时至2020年6月2日10时，标的具体情况以实际看样为准",
    ],
)
def test_what_tells_no_day_gives_none(words: str) -> None:
    assert [each for each in told(words) if each[1:] != (None, None)] == []


def test_working_days_before_the_sale_are_not_counted_and_leave_no_range() -> None:
    assert told(f"{ANNOUNCED}看样时间：自公告之日起至拍卖前一个工作日{SIGNED}") == []


def test_a_deadline_in_the_same_section_is_no_viewing() -> None:
    words = "看样时间：2020年5月1日至2020年5月9日。保证金于2020年5月11日前交纳。"
    assert told(words) == [(YES, "2020-05-01", "2020-05-09")]


@pytest.mark.parametrize(
    "words",
    [
        "看样时间：2020年5月10日（评估基准日2019年5月1日）",
        "看样时间：2020年5月10日（原定2020年5月3日）",
        "看样时间：2020年5月10日，评估基准日2019年5月1日",
        "看样时间：2020年5月10日，请于5月8日前报名。",
        "看样时间：2020年5月10日，请于5月8日17时前电话预约",
        "看样时间：2020年5月10日，保证金应于2020年5月20日前交纳",
        "定于2020年5月10日统一组织看样，请于5月8日前报名。",
        "报名看样时间：2020年5月1日至5月8日，看样日期：5月10日",
    ],
)
def test_a_date_of_another_matter_beside_it_is_no_viewing(words: str) -> None:
    assert told(f"{ANNOUNCED}{words}{SIGNED}") == [(YES, "2020-05-10", "2020-05-10")]


def test_the_last_day_to_report_for_a_viewing_is_none_itself() -> None:
    words = "有意者请于2020年5月8日17时前报名，由本院统一组织看样。"
    assert [each for each in told(words) if each[1:] != (None, None)] == []


@pytest.mark.parametrize(
    ("words", "times"),
    [
        ("10日上午9时、2020年5月12日上午9时", [("10 09:00:00", None), ("12 09:00:00", None)]),
        ("10日、12日上午9:00-11:30", [("10", "10"), ("12 09:00:00", "12 11:30:00")]),
        ("10日,11日,12日", [("10", "10"), ("11", "11"), ("12", "12")]),
        ("10、11日", [("10", "10"), ("11", "11")]),
        ("10日至12日、15日", [("10", "12"), ("15", "15")]),
        ("10日上午9-11时、下午14-16时", [("10 09:00:00", "10 11:00:00"), ("10 14:00:00", "10 16:00:00")]),
        ("10日上午(9:30-11:30)、下午(2:00-4:00)", [("10 09:30:00", "10 11:30:00"), ("10 14:00:00", "10 16:00:00")]),
        ("10日至12日上午9:00-11:00、下午2:00-4:00", [("10", "12")]),
        ("10日，3日内交纳保证金", [("10", "10")]),
        ("10日，12日前电话预约", [("10", "10")]),
    ],
)
def test_several_days_or_hours_are_several_viewings(words: str, times: list[tuple[str, str | None]]) -> None:
    days = [(YES, f"2020-05-{begins}", None if ends is None else f"2020-05-{ends}") for begins, ends in times]
    assert told(f"集中看样时间：2020年5月{words}") == days


def test_the_quote_begins_with_the_label_and_ends_with_the_sentence() -> None:
    (viewing,) = viewings_of(TEXTS["626830589668"])
    assert viewing.quote == (
        "三、咨询、展示看样的时间与方式：自2020年9月12日起至2020年9月26日17时止(双休日、节假日除外)接受咨询，"
        "有意者请与鄂尔多斯市中级人民法院联系统一安排看样（需要安排时间）"
    )


def test_hours_for_questions_are_no_viewing_where_nobody_shows_the_home() -> None:
    words = f"{ANNOUNCED}看样时间：自公告之日起至拍卖日前接受咨询。本院不组织看样。{SIGNED}"
    assert told(words) == [(NO, None, None)]


def test_a_date_given_for_viewings_stands_though_there_is_no_other() -> None:
    words = "集中看样时间：2020年5月10日上午9时。法院不另行安排看样时间。"
    assert told(words) == [(YES, "2020-05-10 09:00:00", None)]


@pytest.mark.parametrize(
    "hostile", ["看样时间：" + "1" * 150_000, "看样时间：" * 40_000, "看样时间：" + "2020年5月10日至" * 20_000]
)
def test_a_hostile_notice_gives_no_more_than_eight_viewings(hostile: str) -> None:
    assert len(viewings_of(hostile)) <= 8
