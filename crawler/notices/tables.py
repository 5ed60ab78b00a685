"""Labelled cells: the rows of 标的调查表 and their kin, whichever way the page laid them out."""

import re
from typing import NamedTuple

from crawler.notices.text import Notice, find_all

LABEL_ROWS = """
标的名称 标的物名称 拍品名称 标的 涉执行案号 执行案号 执行依据文号 权利来源 权证情况
法院执行裁定书 执行裁定书 房屋产权证 房屋所有权证 房屋所有权证号 房屋产权证号 土地产权证
土地使用权证 土地使用权证号 不动产权证 不动产权证号 国有土地使用证 合同备案号 标的所有人
标的物所有人 拍品所有人 标的物权利人 房屋所有权人 评估鉴定基准日 评估基准日 询价时点 价值时点
估价时点 评估机构 定价依据 标的现状 拍品现状 标的物情况说明 房屋用途 房屋用途及土地性质
房屋用途及 房屋性质 规划用途 实际用途 设计用途 房屋设计用途 用途 用 途 土地性质 土地用途
地类用途 地类(用途) 使用权类型 使用性质 终止日期 房屋登记时间 登记时间 是否已腾空 腾空情况
清场情况 居住情况 使用情况 占用情况 占有使用情况 租赁情况 现居住人或租赁情况 租赁 过户情况
落户情况 经营情况 钥匙 钥 匙 钥匙/占用情况 配套情况 配套设施 权利限制情况 权利限制 查封
查封情况 抵押 抵押情况 共有情况 限购情况 提供的文件 标的物介绍 标的介绍 拍品介绍 建筑总面积
建筑面积 公摊总面积 土地总面积 房产年龄 建成年代 装修情况 房屋户型 房屋楼层 楼层 房屋朝向
周边配套 详细状况 其他介绍 标的物估值 标的物价值 标的评估总价 评估总价 评估方式 费用总价
税费情况 其他费用情况 欠费 欠费情况 特殊说明 特殊 说明 备注 标的物位置 竞买公告 变卖公告
相关附件 竞买须知 变卖须知 瑕疵情况说明 其他需要说明的情况 拍卖依据 拍品权证情况 拍卖材料 起拍价
市场价 评估价 保证金 延时周期 加价幅度 竞价周期 变卖周期 变卖价 竞价规则 可否E拍贷
优先购买权及限制购买情况 权属登记情况 标的物所在地 房屋坐落 坐落
"""
LABELS = frozenset(LABEL_ROWS.split())
"""What a cell holds that is a label itself, so that an empty cell does not take its neighbour for its value."""

BEFORE = frozenset("\n\t ;。,:、)]】】0123456789.")
HEAD = re.compile(
    r"(?:\((?:法院|评估公司)填写\))?[ ]{0,4}(?:[:;]|为|是(?!否))?([\t ]{0,4})(\n?(?:[\t ]{1,3}\n)?)[\t ]{0,4}"
)
VALUE = re.compile(r"[^\n\t。]{1,240}")
MOST_WORDS = 12
EMPTY = frozenset(("/", "\\", "-", "--", "—", "——", "无(", ":", "***"))


class Cell(NamedTuple):
    """A label with its value and where both stand in the notice."""

    value: str
    start: int
    end: int

    def shown(self, notice: Notice) -> str:
        """The value in the notice's own signs."""
        return notice.shown[self.end - len(self.value) : self.end]


def cells_of(notice: Notice, label: str, most: int = 8) -> list[Cell]:
    """Every value that stands behind ``label`` as in a table: in the next cell, behind a colon, on the next line.

    Nothing where the cell is empty, a stroke, or where the words run on as prose.
    """
    text = notice.text
    if label not in text:
        return []
    found = []
    for position in find_all(text, label, most):
        if position and text[position - 1] not in BEFORE:
            continue
        head = HEAD.match(text, position + len(label))
        if head is None or head.end() == position + len(label):
            continue
        if head[2] and "\t" in head[1]:
            continue  # an empty cell at the end of its row
        value = VALUE.match(text, head.end())
        if value is None:
            continue
        words = _until_label(value[0])
        if words and words not in EMPTY:
            found.append(Cell(words, position, value.start() + len(words)))
    return found


def cell(notice: Notice, *labels: str) -> Cell | None:
    """The first value of the first label that has one."""
    for label in labels:
        if found := cells_of(notice, label):
            return found[0]
    return None


def cell_around(text: str, start: int, end: int, position: int) -> tuple[int, int]:
    """The part from the label before ``position`` to the next.

    Page texts of 2026 have only blanks between cells.
    """
    place = text.find(" ", start, end)
    while place >= 0:
        word = text[place + 1 : place + 14].split(" ", 1)[0].split(":", 1)[0]
        if word in LABELS:
            if place >= position:
                return start, place
            start = place + 1
        place = text.find(" ", place + 1, end)
    return start, end


def _until_label(value: str) -> str:
    """The value up to the next label: page texts of 2026 have only blanks between the cells of all rows."""
    if value.split(":", 1)[0].strip() in LABELS:
        return ""
    place = value.find(" ")
    for _ in range(MOST_WORDS):
        if place < 0:
            break
        word = value[place + 1 : place + 14].split(" ", 1)[0].split(":", 1)[0]
        if word in LABELS:
            return value[:place].strip()
        place = value.find(" ", place + 1)
    return value.strip()
