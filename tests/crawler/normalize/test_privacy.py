"""Persons are masked by signs of the same length; institutions, officials, cases, certificates and items stay."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Word
from crawler.normalize.privacy import mask_address, mask_excerpt, mask_named, mask_party, mask_personal, mask_title
from crawler.normalize.texts import clean_text, clean_url, dump_words
from tests.crawler.made_up_people import SENTENCES, TITLES, Person, persons, planted


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("被执行人张三名下位于合肥市的房产", "被执行人张×名下位于合肥市的房产"),
        ("被执行人张三丰、李四名下房产", "被执行人张××、李×名下房产"),
        ("债务人王五与赵六共有的住宅", "债务人王×与赵×共有的住宅"),
        ("登记在胡小明名下位于靖州县贮木场家属区", "登记在胡××名下位于靖州县贮木场家属区"),
        ("所有权人：欧阳锋", "所有权人：欧阳×"),
        ("董建国所有的定陶区美景国际现代城34号楼", "董××所有的定陶区美景国际现代城34号楼"),
        ("案外人李和平在沅陵县的住房", "案外人李××在沅陵县的住房"),
        ("关于王小二零售债权转让的公告", "关于王××零售债权转让的公告"),
        ("秦皇岛分行持有的张大三抵押类债权", "秦皇岛分行持有的张××抵押类债权"),
        ("申请执行人王建国与被执行人李丽、赵玉兰民间借贷纠纷一案", "申请执行人王××与被执行人李×、赵××民间借贷纠纷一案"),
        ("債務人陳大文名下不動產", "債務人陳××名下不動產"),
        ("被執行人張志明、司徒美華共有", "被執行人張××、司徒××共有"),
        ("买受人（张建国）已付清价款", "买受人（张××）已付清价款"),
        ("联系人：张建国法官", "联系人：张××法官"),
        ("竞得人：王小二以最高价", "竞得人：王××以最高价"),
        ("法定代表人：买买提·艾力", "法定代表人：买××·××"),
        ("抵押权人为李秀英，抵押金额50万元", "抵押权人为李××，抵押金额50万元"),
        ("张建国（身份证号：340102199001011234）", "张××（身份证号：××××××××××××××××××）"),
        ("李娜，女，汉族，1980年生", "李×，女，汉族，1980年生"),
        ("被执行人应建国名下", "被执行人应××名下"),
        ("电话13812345678联系", "电话138××××××××联系"),
        ("138-1234-5678", "138-××××-××××"),
        ("电话１３８１２３４５６７８", "电话１３８××××××××"),
        ("手机：138 1234 5678", "手机：138 ×××× ××××"),
        ("+8613812345678", "+86138××××××××"),
        ("0551-12345678", "0551-××××××××"),
        ("联系055112345678", "联系0551××××××××"),
        ("咨询电话：025-59658616（梁），83626998（张）", "咨询电话：025-××××××××（梁），××××××××（张）"),
        ("電話：9123 4567", "電話：×××× ××××"),
        ("Tel: 23456789", "Tel: ××××××××"),
        ("手機0912-345-678", "手機091×-×××-×××"),
        ("身份证340102199001011234", "身份证××××××××××××××××××"),
        ("34010219900101123X", "××××××××××××××××××"),
        ("身份证号340102900101123", "身份证号×××××××××××××××"),
        ("身分證字號A123456789", "身分證字號××××××××××"),
        ("A123456789", "××××××××××"),
        ("护照号码：E12345678", "护照号码：×××××××××"),
        ("账号：3220 1997 4360 5063", "账号：×××× ×××× ×××× ××××"),
        ("卡 6228480000000000000 号", "卡 ××××××××××××××××××× 号"),
        ("QQ：123456789", "QQ：×××××××××"),
        ("微信号：wx_abcdef12", "微信号：×××××××××××"),
        ("赣LM1234号牌汽车", "赣L×××××号牌汽车"),
        ("桂P1234挂明威牌半挂车", "桂P××××挂明威牌半挂车"),
        ("京AD12345", "京A××××××"),
        ("CPF 123.456.789-09", "CPF ××××××××××××××"),
        ("주민번호 800101-1234567", "주민번호 ××××××-×××××××"),
        ("SSN 123-45-6789", "SSN ×××-××-××××"),
        ("a.b@example.com", "×××@example.com"),
    ],
)
def test_persons_are_masked(text: str, masked: str) -> None:
    assert mask_personal(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "(2018)苏0891执618号",
        "（2020）湘0302执恢344号",
        "https://sf-item.taobao.com/sf_item/625658025048.htm",
        "5c56e155-2786-4895-a6ee-f0ad2ce18ef3",
        "1444408501866",  # CAIXA id
        "102128910402080",  # parcel, Florida
        "48-38-41-180-015-54610-0",
        "2018-07-24 02:15:18",
        "ALAMEDA PADRE ANCHIETA, N. 1159, LT 05 QD 16",
        "NO. CONTRATO: 8.7877.1805218-1",
        "123-45-6789",
        "房产证号：阳预购0100034553",
        "不动产权第0012345678号",
        "证书0012-1234567号",
        "咨询电话：400-828-3368",
        "起拍价138123456元，保证金20000000元",
        "平潭海峡如意城 G008地块一期B13#楼105室",
        "苏A1××××的大众桑塔纳牌小型轿车",
        "豫园新C12015室",
        "被执行人名下房产",
        "被执行人持有的股权",
        "被执行人徐州市华夏有限公司的厂房",
        "被执行人应承担的税费，由买受人先行垫付",
        "买受人应该在法院裁定书送达之日起二十日内",
        "原所有人支付的所有税费",
        "竞买人成功后",
        "联系人：张法官，李经理，周律师",
        "联系人：管理人",
        "抵押权人：平安银行股份有限公司深圳分行",
        "申请执行人中国银行股份有限公司合肥分行与被执行人安徽华夏置业有限公司金融借款合同纠纷一案",
        "管理人：安徽天禾律师事务所",
        "高新区望江西路99号",
        "集体所有的土地使用权",
        "村民委员会所有的房屋",
        "周某某所有的位于禹州市颍川",
        "（原中国银行）所有的房屋",
        "关于被执行人方×共有两处房屋在该平台拍卖",
        "等14户债权收益权",
        "501.000,00",
        "",
        "现由被执行人占有使用",
        "被执行人占用中",
    ],
)
def test_everything_else_stays(text: str) -> None:
    assert mask_personal(text) == text


@pytest.mark.parametrize(
    ("title", "masked"),
    [
        ("【变卖】张志强、王小燕共有的住宅", "【变卖】张××、王××共有的住宅"),
        ("【第一次拍卖】谢婷婷与田丽在沅陵镇的房屋", "【第一次拍卖】谢××与田×在沅陵镇的房屋"),
        ("赵明位于郑州市惠济区三全路的房产", "赵×位于郑州市惠济区三全路的房产"),
        ("【第一次拍卖】柳林新和家园-36号-1705室", "【第一次拍卖】柳林新和家园-36号-1705室"),
        ("万达广场位于合肥市", "万达广场位于合肥市"),
        ("江南和园3幢", "江南和园3幢"),
    ],
)
def test_a_title_may_begin_with_its_owner(title: str, masked: str) -> None:
    assert mask_title(title) == masked


@pytest.mark.parametrize("field", ["holder", "bidder", "seller_name"])
def test_a_party_that_stands_alone_is_masked_unless_it_is_an_institution(field: str) -> None:
    assert clean_text(field, "张建国") == "张××"
    assert clean_text(field, "张建国、李丽") == "张××、李×"
    for institution in ("中国工商银行", "合肥市中级人民法院", "平安银行", "H2515", "安徽天禾律师事务所"):
        assert clean_text(field, institution) == institution


def test_a_field_named_for_a_person_is_masked_whatever_form_its_value_has() -> None:
    words: dict[str, Word] = {
        "联系人": "张丽",
        "联系电话": 63531234,
        "mobile": 13812345678,
        "身份证号": "340102900101123",
        "id": 9,
        "b": "x",
    }
    assert dump_words(words, (None,)) == (
        '{"b":"x","id":9,"mobile":"138××××××××","联系人":"张×","联系电话":"××××××××","身份证号":"×××××××××××××××"}'
    )
    assert mask_named("开户账号", "1977 1053 3125") == "×××× ×××× ××××"
    assert mask_party("工商银行") == "工商银行"


def test_words_that_repeat_a_masked_title_are_masked_as_it_is() -> None:
    title = "【变卖】张志强、王小燕共有的住宅"
    assert dump_words({"title": title}, (clean_text("title", title),)) == '{"title":"【变卖】张××、王××共有的住宅"}'


def test_words_of_a_refused_row_hide_a_name_that_stands_alone() -> None:
    assert mask_excerpt("status_raw: unknown label '张建国'") == "status_raw: unknown label '张××'"
    assert mask_excerpt('{"name":"张建国","tel":"63531234"}') == '{"name":"张××","tel":"××××××××"}'
    assert mask_excerpt("unknown label '已成交'") == "unknown label '已成交'"


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("https://a.cn/l?page=1&mobile=13812345678", "https://a.cn/l?page=1&mobile=138%C3%97%C3%97%C3%97%C3%97%C3%97%C3%97%C3%97%C3%97"),
        ("https://a.cn/l?contact=%E5%BC%A0%E4%B8%BD#top", "https://a.cn/l?contact=%E5%BC%A0%C3%97#top"),
        ("https://a.cn/l?itemId=13812345678&_=13812345678", "https://a.cn/l?itemId=13812345678&_=13812345678"),
        ("https://a.cn/13812345678.htm", "https://a.cn/13812345678.htm"),
        ("https://sf.taobao.com/item_list.htm?city=%BA%CF%B7%CA&page=1", "https://sf.taobao.com/item_list.htm?city=%BA%CF%B7%CA&page=1"),
    ],
)  # fmt: skip
def test_an_address_keeps_everything_but_the_persons_of_its_query(url: str, masked: str) -> None:
    assert mask_address(url) == masked
    assert mask_address(masked) == masked
    assert clean_url("url", url) == masked


@given(st.text())
def test_masking_keeps_the_length_and_is_final(text: str) -> None:
    for mask in (mask_personal, mask_title, mask_party, mask_excerpt):
        masked = mask(text)
        assert len(masked) == len(text)
        assert mask(masked) == masked


@given(st.text("张李建国人名下被执行所有权、，。：（）电话1380-5×·【】位于身份证QQ账号 ", max_size=60))
def test_masking_is_final_in_texts_that_are_nothing_but_hints(text: str) -> None:
    for mask in (mask_personal, mask_title, mask_party, mask_excerpt):
        masked = mask(text)
        assert len(masked) == len(text)
        assert mask(masked) == masked


@given(persons())
def test_no_text_keeps_a_person(person: Person) -> None:
    for text in TITLES + SENTENCES:
        masked = mask_title(planted(text, person))
        assert not [secret for secret in person.secrets() if secret in masked], masked


@pytest.mark.parametrize(
    "text",
    [
        "被执行人张三、" * 300,
        "电话1 " * 500,
        "138 " * 500,
        "张建国" * 700,
        "张·" * 1000,
        "（" * 2000,
        "1" * 2000,
        "被执行人（" * 400,
        "A1@" * 700,
    ],
    ids=range(9),
)
def test_no_text_takes_long(text: str) -> None:
    started = time.process_time()
    mask_excerpt(text[:2000])
    assert time.process_time() - started < 1
