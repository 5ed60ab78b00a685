"""Words that made-up compounds, roads and towns are named with."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_WORDS = _words(
    """
    阳光 锦绣 翠湖 金色 碧水 玉兰 紫荆 银河 盛世 天悦 龙湖 丽景 香榭 御景 明珠 金桂 东方 滨江 星河
    书香 世纪 幸福 和谐 华府 枫林 凤凰 江南 长江 新城 丹桂 汇丰 瑞景 福泰 嘉和 景秀 康乐 兰亭 绿洲
    梅园 南湖 鹏程 祥和 清华 荣盛 尚品 泰和 文昌 西苑 学府 雅居 永安 玉泉 中央 紫薇 海棠 桃源 金鼎
    鑫源 宏益 富力 华庭 山水 云鹭 观澜 朗诗 水岸 怡馨 望江 百合 天润 金辉 同心
    """
)
SECOND_WORDS = _words(
    """
    花园 花苑 小区 家园 名苑 公寓 豪庭 新村 广场 国际城 府 城 湾 大厦 名邸 雅苑 嘉园 御园 山庄 华城
    新苑 庭院 一品 佳苑 公馆 春天 印象 时代 人家 尚城
    """
)
CHAINS = _words(
    """
    碧桂园 恒大名都 恒大绿洲 万达广场 万科城 保利花园 绿地世纪城 中海国际社区 融创城 龙湖天街 世茂璀璨天成
    融侨锦江 金科世界城 雅居乐花园 富力城 招商雍景湾 华润橡树湾 绿城百合花园 新城吾悦广场 中骏云景台
    建业森林半岛 鲁能星城 奥园广场 佳兆业城市广场
    """
)
ROADS = _words(
    """
    人民 解放 中山 建设 新华 和平 胜利 长江 黄河 文化 环城 迎宾 滨江 南京 北京 上海 朝阳 东风 工农
    青年 友谊 光明 兴华 振兴 学院 体育 银杏 凤凰 龙泉 石榴 云山 金沙 玉兰 桂花 梧桐 望江 清河 白云
    红旗 五一
    """
)
ROAD_KINDS = _words(
    """
    路 路 路 街 大道 东路 西路 南路 北路 中路 大街 巷
    """
)
TOWNS = _words(
    """
    城关镇 新塘镇 洪山镇 城东街道 城西街道 湘龙街道 南苑街道 北苑街道 双港镇 柳林镇 白沙镇 龙城街道 高新街道
    永宁街道
    """
)


def name_compound(count: int, city_number: int) -> str:
    """The name of the so-manieth compound of a city: no name twice among its first 1,900."""
    place = (count * 1_009 + city_number * 131) % (len(FIRST_WORDS) * len(SECOND_WORDS))
    return FIRST_WORDS[place % len(FIRST_WORDS)] + SECOND_WORDS[place // len(FIRST_WORDS)]
