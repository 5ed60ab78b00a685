"""Persons are masked by signs of the same length; numbers of cases, certificates and items stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.normalize.privacy import mask_personal


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
        ("电话13812345678联系", "电话138××××××××联系"),
        ("138-1234-5678", "138-××××-××××"),
        ("0551-12345678", "0551-××××××××"),
        ("联系055112345678", "联系0551××××××××"),
        ("身份证340102199001011234", "身份证××××××××××××××××××"),
        ("34010219900101123X", "××××××××××××××××××"),
        ("340102900101123", "×××××××××××××××"),
        ("赣LM1234号牌汽车", "赣L×××××号牌汽车"),
        ("桂P1234挂明威牌半挂车", "桂P××××挂明威牌半挂车"),
        ("京AD12345", "京A××××××"),
        ("CPF 123.456.789-09", "CPF ××××××××××××××"),
        ("a.b@example.com", "×××@example.com"),
    ],
)
def test_persons_are_masked(text, masked):
    assert mask_personal(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "(2018)苏0891执618号",
        "（2020）湘0302执恢344号",
        "https://sf-item.taobao.com/sf_item/625658025048.htm",
        "1444408501866",  # CAIXA id
        "ALAMEDA PADRE ANCHIETA, N. 1159, LT 05 QD 16",
        "NO. CONTRATO: 8.7877.1805218-1",
        "房产证号：阳预购0100034553",
        "不动产权第0012345678号",
        "证书0012-1234567号",
        "平潭海峡如意城 G008地块一期B13#楼105室",
        "苏A1××××的大众桑塔纳牌小型轿车",
        "豫园新C12015室",
        "被执行人名下房产",
        "被执行人持有的股权",
        "被执行人徐州市华夏有限公司的厂房",
        "（原中国银行）所有的房屋",
        "关于被执行人方×共有两处房屋在该平台拍卖",
        "等14户债权收益权",
        "501.000,00",
        "",
    ],
)
def test_everything_else_stays(text):
    assert mask_personal(text) == text


@given(st.text())
def test_masking_keeps_the_length_and_is_final(text):
    masked = mask_personal(text)
    assert len(masked) == len(text)
    assert mask_personal(masked) == masked
