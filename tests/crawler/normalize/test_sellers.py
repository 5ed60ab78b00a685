"""Who sells, by name: the sellers of every capture, banks of the mainland as they call themselves, and what is none."""

import time

import pytest

from crawler.normalize.sellers import BANKS, seller_kind_from_name
from crawler.parsers.ali_assets.dialect import is_bank
from store.terms import SellerKind

# fmt: off
CAPTURED = {
    SellerKind.STATE_BANK: [
        "中国工商银行玉林分行", "中国农业银行股份有限公司荣成市支行", "农业银行斜塘支行",
        "中国农业银行股份有限公司成武县支行", "中国农业银行股份有限公司福建自贸试验区平潭片区分行",
        "建设银行苏州市相城支行营业部", "中国建设银行股份有限公司苏州市吴中经济开发区支行",
        "中国建设银行股份有限公司南京雨花支行", "中国银行股份有限公司青年路支行", "中国银行成都青羊支行营业部",
        "中国银行弋阳支行", "中国银行股份有限公司广州开发区分行", "中国工商银行股份有限公司北京正阳门支行",
        "中国工商银行柳州市铁路支行", "中国邮政储蓄银行股份有限公司宁阳县支行",
    ],
    SellerKind.JOINT_STOCK_BANK: [
        "中国民生银行福州分行", "中国民生银行股份有限公司石家庄分行", "中国民生银行武汉分行",
        "中国民生银行股份有限公司西安分行", "平安银行总行", "平安银行总行资产拍卖", "浦发银行杭州分行",
        "浦发银行萧山支行", "兴业银行股份有限公司福州连江支行", "兴业银行福州晋安支行", "广发银行国展支行",
        "中信银行新乡健康路支行", "中信银行广州番禺支行",
    ],
    SellerKind.CITY_BANK: ["江苏银行开明支行", "南京银行和会街支行", "兰州银行", "吉林银行"],
    SellerKind.RURAL_BANK: [
        "湘潭农村商业银行股份有限公司万楼支行", "福建南安农村商业银行股份有限公司石井支行", "萧山农商银行",
        "杭州联合银行", "浙江萧山农村商业银行城厢支行", "广东德庆农村商业银行股份有限公司", "四川农信", "广东农信",
        "辽宁农信", "贵州农信", "兰州农商行", "天水麦积农村合作银行",
    ],
    SellerKind.ASSET_MANAGER: [
        "中国长城湖南省分公司", "中国信达浙江省分公司", "浙江省浙商资产管理", "上海卡因资产管理",
    ],
    SellerKind.AGENT: [
        "陕西西部拍卖有限公司", "河南东风拍卖行有限公司", "江苏京南国际拍卖有限公司", "苏州真奢拍卖有限公司",
        "湖南森拓拍卖有限公司", "琛博拍卖行", "东风拍卖行", "国茂拍卖A", "天勤资产拍卖", "徐州国大拍卖", "鹏霞资产",
        "溥力资产", "太原公共资源拍卖中心",
    ],
    SellerKind.BANKRUPTCY_ADMINISTRATOR: [
        "重庆智全建筑（集团）有限公司破产管理人", "洪泽银座房地产开发有限公司管理人",
        "东方巨龙投资发展（杭州）有限公司管理人", "南通中瑾置业有限公司南通一居房地产有限公司管理人",
        "蓝鼎实业（湖北）有限公司管理人", "广西华兴粮食物流有限公司管理人", "广州奇化有限公司管理人",
        "广州市破产管理人协会", "惠州市破产管理人协会", "江西立信药业有限公司破产管理人",
    ],
    SellerKind.COURT: [
        "重庆市渝北区人民法院", "甘肃省兰州市中级人民法院", "东莞市第一人民法院", "上海金融法院", "广州海事法院",
        "武汉海事法院", "济南铁路运输中级法院", "成都铁路运输法院", "贵阳铁路运输法院", "苏州工业园区人民法院",
        "深圳前海合作区人民法院", "莫力达瓦达斡尔族自治旗人民法院", "锡林郭勒乌拉盖管理区人民法院",
        "重庆自由贸易试验区人民法院", "长春汽车经济技术开发区人民法院", "大兴安岭地区加格达奇区人民法院",
        "仓山区人民法院", "山西省高级人民法院",
    ],
    SellerKind.COMPANY: ["灵麒资产", "润园资产"],
    None: ["", "未知", "武义××", "长沙市", "山西省大同市", "黔西南布依族苗族自治州", "莆田支行联系人"],
}
"""Sellers, courts and banks of the captures (Alibaba 2017 to 2026, JD 2020 to 2026, lists and notices). A column
处置单位 that a project cut before 人民法院 holds places: they tell nobody."""

NAMED = {
    SellerKind.STATE_BANK: [
        "农行四川省分行", "工行玉林分行", "中国建设银行股份有限公司", "交通银行股份有限公司太平洋信用卡中心",
        "邮储银行贵州省分行",
    ],
    SellerKind.JOINT_STOCK_BANK: [
        "招商银行股份有限公司武汉分行", "上海浦东发展银行股份有限公司", "中国光大银行特殊资产经营管理部",
        "华夏银行", "浙商银行", "恒丰银行股份有限公司烟台分行", "渤海银行", "广东发展银行",
    ],
    SellerKind.CITY_BANK: [
        "厦门国际银行股份有限公司", "广东华兴银行", "浙江稠州商业银行", "中原银行股份有限公司信用卡中心",
    ],
    SellerKind.RURAL_BANK: [
        "江苏江南农村商业银行股份有限公司", "四川农村商业联合银行股份有限公司", "云南省农村信用社联合社",
        "德庆县农村信用合作联社", "平安农村商业银行", "深圳龙岗国安村镇银行有限责任公司",
        "重庆农村商业银行股份有限公司（本部）",
    ],
    SellerKind.BANK: [
        "汇丰银行（中国）有限公司", "东亚银行（中国）有限公司上海分行", "法国兴业银行（中国）有限公司",
        "国家开发银行", "中国农业发展银行", "浙江网商银行股份有限公司", "深圳前海微众银行",
    ],
    SellerKind.ASSET_MANAGER: [
        "中国信达资产管理股份有限公司浙江省分公司", "中国东方资产管理股份有限公司", "江苏资产管理有限公司",
        "国厚资产", "陕西金融资产管理股份有限公司", "工银金融资产投资有限公司", "招商平安资产管理有限责任公司",
    ],
    SellerKind.AGENT: ["北京产权交易所", "天津金融资产交易所", "深圳联合产权交易所"],
    SellerKind.STATE_OWNED: [
        "苏州市国有资产投资集团有限公司", "合肥市国资委", "玉林市国有资产经营有限公司", "杭州市城投集团",
    ],
    SellerKind.GOVERNMENT: ["沈阳海关", "国家税务总局广州市税务局", "中国人民银行乐山市分行", "贵阳市财政局"],
    SellerKind.BANKRUPTCY_ADMINISTRATOR: [
        "某某有限公司清算组", "北京某某清算事务所有限公司", "某某村镇银行破产管理人",
    ],
    SellerKind.COMPANY: [
        "中国东方航空股份有限公司山东分公司", "苏州银行大厦物业管理有限公司", "碧桂园集团",
        "中国长城科技集团股份有限公司",
    ],
    None: [
        "中国银行业协会", "建设银行家属院业主委员会", "被执行人中国银行股份有限公司青年路支行",
        "买受人中国建设银行", "中国工商银行玉林分行债务人", "与中国银行弋阳支行借款合同纠纷", "张××", "王某",
        "银行家俱乐部", "某某律师事务所", "自治区人民银行家属院", "关于××不良债权转让",
    ],
}
# fmt: on
TABLE = [(name, kind) for table in (CAPTURED, NAMED) for kind, names in table.items() for name in names]


@pytest.mark.parametrize(("name", "kind"), TABLE)
def test_kind_of_the_seller_follows_from_the_name(name: str, kind: SellerKind | None) -> None:
    assert seller_kind_from_name(name) == kind


def test_the_table_holds_at_least_eighty_names_of_the_captures() -> None:
    assert len({name for names in CAPTURED.values() for name in names}) >= 80


@pytest.mark.parametrize(("name", "kind"), TABLE)
def test_blanks_inside_a_name_do_not_matter(name: str, kind: SellerKind | None) -> None:
    assert seller_kind_from_name(" ".join(name)) == kind


@pytest.mark.parametrize(("name", "kind"), TABLE)
def test_the_parser_of_the_asset_side_takes_the_same_sellers_for_banks(name: str, kind: SellerKind | None) -> None:
    assert is_bank(name) == (kind in BANKS)


@pytest.mark.parametrize(
    "text", ["银行" * 5_000, "部" * 50_000, "中国银行" + "分" * 30_000, "（" * 50_000, "国有" * 40]
)
def test_a_text_that_is_no_name_is_judged_quickly(text: str) -> None:
    start = time.process_time()
    seller_kind_from_name(text)
    is_bank(text)
    assert time.process_time() - start < 0.5


def test_a_sentence_is_no_name() -> None:
    assert seller_kind_from_name("可通过银行付款或者支付宝网上支付，" * 10 + "中国银行") is None
