"""Single fields of notices, in wordings of real ones."""

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.notices import read_notice
from store.terms import AppraisalScope

FLOORS = json.loads((Path(__file__).parents[3] / "fixtures/notices/area-and-floor/sentences.json").read_text("utf-8"))


def listing(text: str, field: str) -> Any:
    return read_notice(text).listing.get(field)


def detail(text: str, field: str) -> Any:
    return getattr(read_notice(text).details, field)


@pytest.mark.parametrize("case", FLOORS, ids=lambda case: case["itemId"])
def test_area_and_floor_of_recorded_sentences(case: dict[str, Any]) -> None:
    area = listing(case["text"], "floor_area_raw")
    assert float(area.rstrip("平方米㎡")) == case["buildingArea"]
    floor = case["floor"].removeprefix("地上").replace("至", "-") or None
    assert detail(case["text"], "floor") == floor


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("涉执行案号\t(2018)苏0891执618号", "(2018)苏0891执618号"),
        ("法院执行裁定书\t（2017）豫0327执1101号之一\n房屋产权证\t无", "（2017）豫0327执1101号之一"),
        ("填写缴款单时请在备注注明本案执行号“（2017）粤0113执2221”。", "（2017）粤0113执2221"),
        ("银行进账联用途栏注明“(2020)鲁72执86号荣成市凤凰小区164号楼205户拍卖余款”", "(2020)鲁72执86号"),
        ("〔2021〕最高法执监12号；（2020）皖0111执1234号；（2020）皖0111执1235号", "（2020）皖0111执1234号"),
        ("湘潭市雨湖区人民法院于2019年1月23日以（2019）湘0302保12号协助执行通知书及裁定书查封", None),
        ("(标的物情况介绍摘录自粤卓越评[2018]估字第R100号评估报告)", None),
        ("依照法释〔2016〕18号《最高人民法院关于人民法院网络司法拍卖若干问题的规定》", None),
        ("苏（2016）苏州市不动产权第7011471号", None),
        ("执行依据文号 福州仲裁委员会作出的(2024)榕仲裁1711号 执行案号 （2026）闽01执恢61号", "（2026）闽01执恢61号"),
        ("管理人根据（2021）皖0103破申5号民事裁定书公开处置", "（2021）皖0103破申5号"),
    ],
)
def test_case_number_is_that_of_the_first_execution(text: str, number: str | None) -> None:
    assert detail(text, "case_number") == number


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("起拍价：26.4万元，评估价：45万元，保证金：4万元，增价幅度：0.2万元。", "starting_price_raw", "26.4万元"),
        ("拍卖保留价：陆拾柒万壹仟叁佰叁拾肆元整（671334元整）。", "starting_price_raw", "671334元"),
        ("拍卖财产评估价11422800元，本次拍卖起拍7995960元，保证金1500000元", "starting_price_raw", "7995960元"),
        ("变卖价: \n¥716,800\n市场价: \n¥1,280,000", "starting_price_raw", "716,800元"),
        ("变卖价: \n¥716,800\n市场价: \n¥1,280,000", "market_price_raw", "1,280,000元"),
        ("价格评估标的物在评估基准日的价格为￥341000元。起拍价：230000元", "starting_price_raw", "230000元"),
        ("7、网络询价参考价：1138770元\n拍卖起拍价797200元", "appraisal_price_raw", "1138770元"),
        ("本标的物经江苏快拍嘉网络科技有限公司询价，价值为580000元。", "appraisal_price_raw", "580000元"),
        (
            "出具的询价结果为511041.48元，另一询价结果为526276.00元。现以询价结果平均值518658.74元作为拍卖参考价。",
            "appraisal_price_raw",
            "518658.74元",
        ),
        ("评估价：382000/套，四套共计1528000元，起拍价：1069600元", "appraisal_price_raw", "1528000元"),
        ("设有保留价的增价拍卖方式，保留价等于起拍价，至少一人报名", "starting_price_raw", None),
        ("契税：(以成交价100万计算）", "hammer_price_raw", None),
        ("以权属证明为准。 起拍价：1", "starting_price_raw", None),  # cut off in the capture
        ("参考价853080元，起拍价597156元，保证金50000元，增价幅度5000元。", "appraisal_price_raw", "853080元"),
    ],
)
def test_price_of_a_label(text: str, field: str, value: str | None) -> None:
    assert listing(text, field) == value


def test_start_is_that_of_the_round_in_question() -> None:
    text = "拍卖公告（第二次拍卖）\n第一次拍卖起拍价：100万元；第二次拍卖起拍价：80万元"
    assert listing(text, "starting_price_raw") == "80万元"


@pytest.mark.parametrize(
    ("text", "deposit", "increment"),
    [
        ("起拍价为1751744元，保证金200 000元，增加幅度8000元。", "200000元", "8000元"),
        ("保证金为9.5万元，每次增幅为7000元；", "9.5万元", "7000元"),
        ("保证金：6万元人民币，增价幅度：3000元人民币及其整倍数。", "6万元", "3000元"),
        ("按照保证金金额的1%缴纳保险费", None, None),
    ],
)
def test_deposit_and_increment(text: str, deposit: str | None, increment: str | None) -> None:
    assert (detail(text, "deposit_raw"), detail(text, "increment_raw")) == (deposit, increment)


@pytest.mark.parametrize(
    ("text", "kind", "day"),
    [
        ("评估鉴定基准日\t2016年8月18日", "评估", "2016-08-18"),
        ("评估鉴定基准日\t二0二0年八月二十四", "评估", "2020-08-24"),
        ("询价时点\t2020年9月4日", "网络询价", "2020-09-04"),
        ("定价依据 司法网络询价 拍品现状 房屋用途 住宅", "网络询价", None),
        ("本标的物通过定向询价方式确定标的物财产处置参考价及起拍价、保留价", "定向询价", None),
        ("由双方议价确定", "议价", None),
        ("（该房地产市场价及起拍价未经评估，由法院参照市场价格自主定价）", None, None),
        ("评估基准日\t2019年2月30日", "评估", None),
    ],
)
def test_how_and_when_the_reference_price_was_found(text: str, kind: str | None, day: str | None) -> None:
    assert (detail(text, "appraisal_kind_raw"), detail(text, "appraisal_on_raw")) == (kind, day)


def test_an_appraisal_of_several_flats_together_is_of_the_lot() -> None:
    assert detail("评估价：382000/套，四套共计1528000元", "appraisal_scope") is AppraisalScope.LOT
    assert detail("评估价：3281499元；起拍价：230万元", "appraisal_scope") is None


@pytest.mark.parametrize(
    ("text", "floor_area", "private_area", "land_area"),
    [
        ("房屋建筑面积为268.96㎡；土地使用权面积为243.5㎡", "268.96㎡", None, "243.5㎡"),
        ("建筑总面积\t65.92平方米（产权面积）+11平方米（自行加建面积）\n公摊总面积\t/", "65.92平方米", None, None),
        ("位于建筑物1层，建筑面积29.07㎡，室内面积28.40㎡", "29.07㎡", "28.40㎡", None),
        (
            "总建筑面积：206.17㎡【其中B-3206室的建筑面积为140.46㎡，地下室车位A327的建筑面积为65.71㎡",
            "206.17㎡",
            None,
            None,
        ),
        ("土地权利性质 出让 建筑面积 71.66/947.06共1018.72㎡ 房屋用途 城镇住宅用地/成套住宅", "1018.72㎡", None, None),
        ("房屋建筑面积37.61㎡，其中专有建筑面积27.09㎡，分摊建筑面积10.52㎡。", "37.61㎡", "27.09㎡", None),
        ("I401室建筑面积为666.88㎡，分摊的土地使用权面积为100.47㎡", "666.88㎡", None, "100.47㎡"),
        ("建筑面积：114.65㎡。另有附带一煤间，煤间面积为8.4㎡，编号是A116号。", "114.65㎡", None, None),
        ("该房产位于宁阳县关王利民小区，面积112.24㎡，总楼层数5层", "112.24㎡", None, None),
        ("建筑面积为：47.75、47.75、47.75、47.75㎡。", None, None, None),
        ("唯一住房，面积为90平方米以下的，减按1%的税率征收契税", None, None, None),
        ("土地面积：3.5亩", None, None, "3.5亩"),
        ("建筑面积约112.46平方米。规划用途为住宅。", "112.46平方米", None, None),
    ],
)
def test_areas_are_told_apart(
    text: str, floor_area: str | None, private_area: str | None, land_area: str | None
) -> None:
    found = read_notice(text).listing
    assert (found.get("floor_area_raw"), found.get("private_area_raw"), found.get("land_area_raw")) == (
        floor_area,
        private_area,
        land_area,
    )


@pytest.mark.parametrize(
    ("text", "floor"),
    [
        ("房屋楼层\t总层数3层，所在层次为1-3层", "1-3"),
        ("房屋楼层\t第2层", "2"),
        ("房屋楼层\t28层/30层", "28"),
        ("房屋楼层\t1/7", "1"),
        ("所在层/总层数：20/28；建筑面积：51.69平方米。", "20"),
        ("1.4 所在层：均为四层；", "4"),
        ("层数：总层数为29层（地上27层、地下2层），所在层为地上27层；", "27"),
        ("房屋楼层 总22层", None),
        ("房屋所有楼层为：27层。", None),
        ("2.3总层数：六层；2.4层高：31号楼404室室内净高均为2.8米", None),
        ("房屋楼层\t照片，仅供参考，请结合报告实地看房。", None),
    ],
)
def test_floor_is_not_the_number_of_storeys(text: str, floor: str | None) -> None:
    assert detail(text, "floor") == floor


@pytest.mark.parametrize(
    ("text", "use"),
    [
        ("标的现状\t房屋用途\t住宅\n土地用途\t商务金融用地", "住宅"),
        ("房屋用途及土地性质\t1、商业\n2、城镇单一住宅用地（出让）", "商业"),
        ("用途：城镇住宅用地/成套住宅，登记日期", "成套住宅"),
        ("房屋用途：成套住宅；房屋性质：市场化商品房;土地用途：城镇住宅用地", "成套住宅"),
        ("使用性质\t商业（）住宅（√）", "住宅"),
        ("土地用途\t住宅", None),
        ("地类（用途）\t商业用地", None),
    ],
)
def test_use_is_that_of_the_building(text: str, use: str | None) -> None:
    assert detail(text, "intended_use") == use


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("房产年龄\t建成于2015年", "2015"),
        ("建造年代：2009年，房产证日期：2014年8月20日", "2009"),
        ("建成年代\t约2004年左右", "2004"),
        ("房产年龄\t4年", None),
        ("房产年龄\t土地证终止日期到2044年12月15日", None),
        ("约建成于2005年。", "2005"),
        ("房产年龄 1999年建成", "1999"),
    ],
)
def test_year_of_completion(text: str, year: str | None) -> None:
    assert detail(text, "built_year_raw") == year


@pytest.mark.parametrize(
    ("text", "certificate"),
    [
        ("权证号苏（2016）苏州市不动产权第7011471号，登记日期", "苏（2016）苏州市不动产权第7011471号"),
        (
            "房屋产权证\t苏房权证市区字第10333986号\n土地产权证\t苏国用（2009）第02016571号",
            "苏房权证市区字第10333986号",
        ),
        ("房产证书号: 鲁2018荣成市不动产权第0024837,用途：住宅", "鲁2018荣成市不动产权第0024837"),
        ("房屋所有权证号：00572874，建筑面积：139.24㎡", "00572874"),
        ("房屋产权证\t无\n土地产权证\t无", None),
        ("国有土地使用证号：淮C国用（2015）第2449号", None),
        ("合同备案号\t2010-001669", None),
    ],
)
def test_certificate_is_that_of_ownership(text: str, certificate: str | None) -> None:
    assert detail(text, "certificate") == certificate


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("标的物名称\t合肥市蜀山区望江西路99号3幢1205室二分之一产权份额", "二分之一"),
        ("拍卖标的：被执行人名下位于合肥市望江西路99号1205室的50%份额。", "50%"),
        ("标的物名称\t望江西路99号1205室房产1/2产权", "1/2"),
        ("房屋所有权人为黄××、黄××、黄××按份共有，有抵押。", None),
        ("二人各占50%份额。", None),
        ("按照届时同地段普通商品住房与经济适用住房差价的20%向政府交纳土地收益等价款，取得完全产权后可上市转让。", None),
    ],
)
def test_share_on_sale(text: str, share: str | None) -> None:
    assert detail(text, "share_raw") == share


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("标的名称\t合肥市望江西路99号等12套房产", "12"),
        ("一、拍卖标的：国际商业广场2号楼2-2-247、2-2-248商铺两处。", "2"),
        ("标的名称\t星海名城3幢共二十三套住宅", "23"),
        ("一、拍卖标的：新联大厦1104室。三房两厅两卫，一套。", None),
        ("标的名称\t北京市东城区广渠门内大街80号9层912、915", "2"),
        ("标的名称\t福建省石狮市石龙路288号世茂摩天城I-A-32幢01单元、02单元不动产", "2"),
        ("一、拍卖标的：天河区林和中路8号2201、2202、2203、2204房的房产，总建筑面积350平方米。", "4"),
        ("标的名称\t常山县天马镇紫港小区359幢中单元501室和601室", "2"),
        ("标的名称\t成都市锦江区上沙河铺街206号13栋2单元10层19、20号房屋", "2"),
        ("标的名称\t广州市黄埔区黄埔东路633号大院7号-15号地下一层38、39车位", "2"),
        ("标的名称\t台州市黄岩区北城街道2幢一单元402室", None),
        ("标的名称\t泗洪县某小区5幢1单元、2单元", None),  # stairs, and whatever lies on them
        ("标的名称\t白云区丝柏街87号、89号利海绿洲花园D1栋802房", None),  # one house with two numbers
        ("标的名称\t安吉县递铺镇递铺南路108、110号", None),
        ("标的名称\t龙岩市新罗区小溪路1-1号1幢2001及C2115号车位", None),
        ("标的名称\t含山县馨园小区D-1号楼1单元401室及附属车库", None),
        ("标的名称\t北仑区新碶明州花园8幢储08，201室", None),
        ("标的名称\t上海市金山区山阳镇蒙山北路515号301-303、305-313室", None),  # spans
        ("标的名称\t宜兴市聚贤山庄58号502、59号403、404室房产", None),  # of two houses: three, not two
        ("一、拍卖标的：某小区5幢301室，建筑面积301、302平方米。", None),
        ("一、拍卖标的：某小区5幢301室，联系电话301、302", None),
        ("标的名称\t某小区5幢1、2层", None),
    ],
)
def test_units_of_a_lot_are_counted(text: str, count: str | None) -> None:
    assert detail(text, "unit_count_raw") == count


@pytest.mark.parametrize(
    ("text", "round_raw"),
    [
        ("【一拍】福建省平潭县竹屿湖中路16号长福麒麟海湾三期7#楼4005室", "一拍"),
        ("拍卖公告(第二次拍卖)\n广州市番禺区人民法院将于2018年6月23日", "二拍"),
        ("青岛海事法院关于荣成市凤凰小区164号楼205户（第一次拍卖）的公告", "一拍"),
        (
            "本标的拟进行二次拍卖，当次拍卖流拍的，进行下一次拍卖。本次拍卖为第一次拍卖竞价时间：2018年9月3日10时",
            "一拍",
        ),
        ("变 卖 公 告\n江苏省南京市玄武区人民法院将于2018年2月8日10时", "变卖"),
        ("《最高人民法院关于人民法院民事执行中拍卖、变卖财产的规定》", None),
        ("拍卖公告\n北京市丰台区人民法院将于2020年11月5日10时至2020年11月6日10时止", None),
    ],
)
def test_round(text: str, round_raw: str | None) -> None:
    assert listing(text, "round_raw") == round_raw


@pytest.mark.parametrize(
    ("text", "status", "hammer"),
    [
        ("结束时间 2018/09/04 10:00:00\n成交价 \n\n960,000 元\n\n本场已结束 ！", "已成交", "960,000元"),
        ("成交价 \n871,270 \n捌拾柒万壹仟贰佰柒拾元\n元\n本场已结束 ！", "已成交", "871,270元"),
        ("本场拍卖已流拍 ！", "已流拍", None),
        ("第一次拍卖竞价时间：2016年8月11日10时至2016年8月12日10时止（已流拍）；", None, None),
        ("已撤回 本标的物已撤回。 撤回原因：录入信息有误，撤回重新发布", "已撤回", None),
        ("已中止 本标的物已中止。 中止原因：案外人异议", "已中止", None),
        ("竞价中 当前价： ￥1,400,000.00 起拍价： ￥1,400,000.00 参与报价", "竞价中", None),
        ("根据法律规定，法院有权在拍卖开始前、拍卖过程中，中止拍卖或撤回拍卖。", None, None),
    ],
)
def test_result(text: str, status: str | None, hammer: str | None) -> None:
    assert (listing(text, "status_raw"), listing(text, "hammer_price_raw")) == (status, hammer)


@pytest.mark.parametrize(
    ("text", "starts_at", "ends_at"),
    [
        (
            "将于2020年11月16日上午10时至2020年11月17日上午10时止（延时除外）",
            "2020-11-16 10:00:00",
            "2020-11-17 10:00:00",
        ),
        (
            "本院定于2020年11月16日10：00至2020年11月17日10：00（延时的除外）",
            "2020-11-16 10:00:00",
            "2020-11-17 10:00:00",
        ),
        (
            "（二拍）\n第一次拍卖竞价时间：2020年9月27日10时至2020年9月28日10时止；"
            "第二次拍卖竞价时间：2020年10月18日10时至2020年10月19日10时止",
            "2020-10-18 10:00:00",
            "2020-10-19 10:00:00",
        ),
        (
            "第一次拍卖竞价时间：2020年9月27日10时至2020年9月28日10时止；"
            "第二次拍卖竞价时间：2020年10月18日10时至2020年10月19日10时止",
            None,
            None,
        ),
        ("自2020年9月12日9时起至2020年9月26日17时止接受咨询", None, None),
        ("将于2020年13月16日10时至2020年13月17日10时止", None, None),
    ],
)
def test_times_of_the_round(text: str, starts_at: str | None, ends_at: str | None) -> None:
    assert (listing(text, "starts_at_raw"), listing(text, "ends_at_raw")) == (starts_at, ends_at)


@pytest.mark.parametrize(
    ("text", "seller"),
    [
        ("广州市黄埔区人民法院将于2018年6月23日 10时至2018年6月24日 10时止", "广州市黄埔区人民法院"),
        ("青岛海事法院将于2020年11月16日上午10时", "青岛海事法院"),
        ("请与本院联系。\n苏州市吴中区人民法院\n二Ο一八年八月二日", "苏州市吴中区人民法院"),
        ("处置单位：安徽某某置业有限公司管理人\n联系电话", "安徽某某置业有限公司管理人"),
        ("依照《最高人民法院关于人民法院网络司法拍卖若干问题的规定》", None),
    ],
)
def test_seller(text: str, seller: str | None) -> None:
    assert listing(text, "seller_name") == seller


def test_prices_of_recommended_lots_are_not_read() -> None:
    assert (
        listing("南安市人民法院 查看全部标的物 相关推荐 泉州市鲤城区东街252号 起拍价 ¥ 110.663万", "starting_price_raw")
        is None
    )


def test_full_width_signs_are_read_and_kept() -> None:
    reading = read_notice("标的名称：合肥市（蜀山区）９９号\n起拍价：１２３，４５６元")
    assert reading.listing["title"] == "合肥市（蜀山区）９９号"
    assert reading.listing["starting_price_raw"] == "123,456元"
