"""Made-up persons, and the texts of titles and notices that name them: what no mask may miss."""

import re
from dataclasses import dataclass

from hypothesis import strategies as st

from crawler.normalize.person_names import NOT_NAMES, SURNAMES

# fmt: off
GIVEN = (
    "伟", "芳", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "霞", "平", "刚",
    "建国", "秀英", "志强", "晓东", "淑芬", "玉兰", "婷婷", "海涛", "春梅", "国庆", "佩玲", "嘉豪", "子涵", "梓轩",
    "雨欣", "思远", "文博", "丽华", "永康", "家辉", "美玲", "俊杰", "宗翰", "怡君", "和平", "国强", "大勇", "小燕",
    "向阳", "一鸣", "若溪", "天佑", "保国", "卫东", "红梅", "金凤", "银花", "德胜", "有才", "志明", "建华", "国華",
    "麗萍", "偉強",
)
# fmt: on
TWO_SIGNS = ("欧阳", "司徒", "上官", "诸葛", "皇甫", "慕容", "司马")
ETHNIC = ("买买提·艾力", "阿依古丽·吐尔逊", "古丽娜尔·买买提", "扎西·多吉")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True)
class Person:
    """A made-up person with everything that must not be found anywhere."""

    name: str
    other: str
    mobile: str
    landline: str
    identity: str
    card: str
    mail: str
    plate: str
    qq: str
    wechat: str
    passport: str
    taiwan: str
    hong_kong: str

    def secrets(self) -> set[str]:
        """Each as written, numbers also without their dashes and blanks."""
        written = set(vars(self).values())
        compact = {
            re.sub(r"[^0-9A-Za-z]", "", each.translate(str.maketrans("０１２３４５６７８９", "0123456789")))
            for each in written
        }
        return {each for each in written | compact if len(each) >= 2}


def is_no_word(name: str) -> bool:
    """A name that is a word, too (平安, 高新), cannot be told from it; docs/privacy.md says so."""
    return re.match(f"(?:{NOT_NAMES})", name) is None


def luhn(digits: str) -> str:
    """The digits with the check digit of a card."""
    total = sum(sum(divmod(int(each) * (2 - place % 2), 10)) for place, each in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


def taiwan_check(start: str) -> str:
    """A letter and eight digits with the check digit of a Taiwan identity."""
    letter = 10 + "ABCDEFGHJKLMNPQRSTUVXYWZIO".index(start[0])
    signs = [letter // 10, letter % 10, *map(int, start[1:])]
    total = sum(sign * weight for sign, weight in zip(signs, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return f"{start}{-total % 10}"


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


@st.composite
def names(draw: st.DrawFn) -> str:
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from(ETHNIC))
    surname = draw(
        st.one_of(
            st.sampled_from(sorted(SURNAMES)), st.sampled_from("王李张刘陈杨黄赵吴周"), st.sampled_from(TWO_SIGNS)
        )
    )
    return surname + draw(st.sampled_from(GIVEN))


@st.composite
def persons(draw: st.DrawFn) -> Person:
    number = f"1{draw(st.sampled_from('3456789'))}{draw(digits(9))}"
    place = draw(st.sampled_from(("340102", "110105", "350203", "440305", "650102")))
    born = f"19{draw(st.integers(50, 99))}{draw(st.integers(1, 12)):02}{draw(st.integers(1, 28)):02}"
    return Person(
        name=draw(names().filter(is_no_word)),
        other=draw(names().filter(is_no_word)),
        mobile=draw(
            st.sampled_from(
                (
                    number,
                    f"{number[:3]}-{number[3:7]}-{number[7:]}",
                    f"{number[:3]} {number[3:7]} {number[7:]}",
                    number.translate(FULL_WIDTH),
                    f"+86{number}",
                )
            )
        ),
        landline=f"0551-6{draw(digits(7))}",
        identity=f"{place}{born}{draw(digits(3))}{draw(st.sampled_from('0123456789X'))}",
        card=luhn(f"622848{draw(digits(12))}"),
        mail=f"{draw(st.text('abcdefghijklmnopqrstuvwxyz', min_size=6, max_size=9))}{draw(digits(3))}@example.com",
        plate=f"皖A{draw(st.sampled_from('BDFK'))}{draw(digits(4))}",
        qq=f"{draw(st.integers(10_000_000, 3_999_999_999))}",
        wechat=f"wx_{draw(st.text('abcdefghijklmnopqrstuvwxyz', min_size=6, max_size=8))}{draw(digits(2))}",
        passport=f"E{draw(st.integers(1, 9))}{draw(digits(7))}",
        taiwan=taiwan_check(f"{draw(st.sampled_from('ABFHN'))}{draw(st.sampled_from('12'))}{draw(digits(7))}"),
        hong_kong=f"9{draw(digits(3))} {draw(digits(4))}",
    )


TITLES = (
    "被执行人{name}名下位于合肥市蜀山区望江西路99号3幢1205室",
    "【第一次拍卖】被执行人{name}、{other}共有的合肥市庐阳区长江中路8号住宅",
    "登记在{name}名下的合肥市包河区徽州大道1号2幢303室房产",
    "债务人{name}所有的合肥市房产（联系电话{mobile}）",
    "{name}名下{plate}小型轿车及合肥市瑶海区车位",
    "買受人{name}名下合肥市不動產，電話{hong_kong}",
)
SENTENCES = (
    "本院在执行申请执行人{name}与被执行人{other}民间借贷纠纷一案中，责令被执行人履行义务。",
    "标的物所有权人：{name}（身份证号码：{identity}）。",
    "该房屋由承租人{name}租赁使用，租期至2030年12月31日，承租人电话{mobile}。",
    "该房屋设有抵押，抵押权人为{name}，抵押金额50万元。",
    "联系人：{name}，联系电话：{mobile}、{landline}。",
    "竞得人：{name}，身份证号{identity}，微信号：{wechat}，QQ：{qq}。",
    "户名：{name}，账号：{card}，开户行：中国工商银行合肥分行。",
    "法定代表人：{name}，护照号码：{passport}，邮箱：{mail}。",
    "{name}，男，汉族，公民身份号码{identity}，住合肥市。",
    "聯絡人：{name}，電話：{hong_kong}，身分證字號：{taiwan}。",
    "被执行人（{name}）已腾空房屋，由{other}名下的房产担保，咨询电话{landline}（{mobile}）。",
    "该房屋现由被执行人{name}居住使用，未腾空，优先购买权人：{other}。",
)


def planted(text: str, person: Person) -> str:
    return text.format_map(vars(person))


SOMEBODY = Person(
    name="张建国",
    other="李秀英",
    mobile="13812345678",
    landline="0551-61234567",
    identity="340102196001011234",
    card=luhn("622848000000000000"),
    mail="abcdef123@example.com",
    plate="皖AB1234",
    qq="123456789",
    wechat="wx_abcdef12",
    passport="E12345678",
    taiwan="A123456789",
    hong_kong="9123 4567",
)
