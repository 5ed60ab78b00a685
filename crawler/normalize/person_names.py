"""Names of natural persons in Chinese texts: found by the words around them, cut to the surname.

Nothing but its surroundings tells 高新 (a zone) from 高新 (a person), so a name is looked for behind a role
(被执行人张三), before what belongs to a person (名下, 身份证, a phone number), and in titles of loans on sale.
Institutions, officials named by their office (张法官) and names that the source masked (张某, 张××) stay.
"""

import re
from functools import cache

MASK = "×"
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭鲁韦马苗方俞任袁柳鲍史唐"
    "费廉岑薛雷贺倪汤"
    "滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟黄穆萧尹姚邵湛汪祁毛禹狄米贝明臧计成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝"
    "闵席季麻强"
    "贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉龚程邢裴"
    "陆荣翁荀羊"
    "甄曲封储靳段富巫乌焦巴牧车侯全班秋仲伊宫宁仇栾甘厉祖武符刘景詹束龙叶幸司黎薄印白怀蒲从索赖卓屠蒙池乔闻党翟谭贡姬"
    "申扶冉"
    "宰雍桑桂牛寿边扈燕冀尚农温庄晏柴阎习容向古易廖终步耿满匡国文寇广东欧沃利蔚越师巩聂晁敖冷辛那简饶曾关肖游占"
    "兰牟邝漆仰尧阚楼沙海铁盖来战况巢浦阳闫覃涂佟郎付麦丘冼苑鞠逄亓仝才荆苟佘敬楚戈迟代芦鄢蔺缑隋鲜邸郄揭粟辜练柒昝亢"
    "晋帅官衣谌岳祖区尉乜卻仉訾"
    "趙錢孫吳鄭馮陳衛蔣韓楊許呂張嚴華陶謝鄒竇蘇範魯韋馬苗畢鄔樂時傅齊顧黃蕭紀項閔賈婁顏駱萬盧應鄧單諸龔陸榮儲烏車寧龍"
    "葉厲"
    "劉賴喬聞黨譚貢農溫莊閻簡饒關鍾鐘羅歐區麥湯蘭藍連鐵龐凃游闕滿"
)
"""The first characters of common names; a word that begins otherwise (被执行人持有的) is not taken for a name."""

ALSO_WORDS = (
    "楼沙海铁盖来战况巢浦阳安白包毕步才常车成程池储丛代党东方房封付富干高关官管广国和贺怀计简江解金经晋寇乐利连练林路"
    "满明莫那农平齐强全区任容尚施时史束索田通万文武习项向宣严应元越占章支终钟种祖左单於時車關應單滿萬連廣"
)
"""Surnames that begin everyday words as well (应承担, 支付, 全部): believed only before usual given names."""

USUAL_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文志丹萍鹏辉玲梅兵宇浩凯健俊帆雪鑫峰晶欣宁宏斌波莉倩颖"
    "琳岩彬柏林海燕春龙凤雷洁婷云飞宝清荣生福祥贵发财德才仁义礼信忠孝良善美爱珍珠琴瑶璐瑾瑜璇琪珊瑞祺晨曦昊天乐思雨梓"
    "涵轩豪博睿子小大晓冬夏秋永长庆新民胜利光亮辰星月阳东南西北江河山川树森松竹菊荷莲莹萱芝芬芸蓉薇蕾翠青兴旺昌盛富顺"
    "安康泰宗祖耀先继承绍正立成克振启少学诗书若如一三二四五六七八九百千万友朋武威虎彪豹骏腾翔鸿鹤锋钢铁铭钧锐银金锦秉"
    "根本来有世代嘉佳家佩仪雅淑贤惠慧敬诚实朴素心怡悦欢喜笑娇媛嫣妍姗姣凡尔雄彦彤彩坤乾元亨贞亚士仕传伦作偉麗強軍艷傑"
    "濤靜國華蘭紅鵬輝貴發寶榮愛鳳雲飛龍慶勝陽東興銘鋒錦學詩賢誠歡亞倫義禮丰峻峥嵘岚崇恒恩惟卫保君翰维奇哲远航炜煜烨炎"
    "灿然熙宸奕逸弘毅坚守业勤俭谦恭圣杉桐楠枫桦榕桃杏柳菲曼妮娅姿婉婵妙玥珂琦琼瑛璟盈莎菁萌诺语依俐群露霜虹霖沛沁泽洪"
    "润淳渊源澄瀚炳焕煌照玺琛璞硕禄稳筠纯纲绪缘聪胤舒艺苗茂荔莺蓝蔚蝶衡裕誉贝贺赐赫迎迪道遥采锡阔陶隆靖韬韵颂颢风香魁"
    "鲁麒麟黎鼎步冰水衛維遠佑溪鸣睦花和向"
)
MASKED_ALREADY = "某"
NEVER_GIVEN = (
    "的了在是被将將须須需其该該此并並或未不已及与與等号號室幢栋棟层層款费費税稅院条條项們们个個這这者么时時否"
    + MASKED_ALREADY
)
INSTITUTION_ENDS = "行司院局厂廠店社县縣镇鎮省队隊校部处處站区區港街路村"
NOT_NAMES = (
    r"关于|關於|才能|才可|单元|申请|申請|单独|單獨|單位|单位|共同|全部|全额|全額|全体|时代|时间|應"
    r"|应(?:当|该|付|在|自|于|按|以|先|由|向|须|承)|管理|支付|成功|成交|方可|方能"
    r"|房屋|房产|房產|房地|车位|车库|车辆|經|经(?:法|办|本|营|过|济|公|审|查|核)|国家|国有|广东|广西|广州|江苏|江西"
    r"|安徽|贵州|东莞|东方|金融|农业|农村|农商"
    r"|计算|解除|解决|强制|明确|明知|终止|终结|满足|路径|路由|文件|向(?:本|法|我|其)|连同|连带|任何|任意|包括|包含"
    r"|石油|毛坯|利息|利益|利用"
    r"|本人|常年|常住|尚未|尚欠|何时|何人|高新|高速|平安|中国|华夏|华侨|华为|安置|安全|安装|温馨|印章|白天|别人"
    r"|曾用名|曾经|查封|容积|江山市|杭州|徐州|宁波|温州"
    r"|项目|项下|越秀|汇丰|万元|万科|万达|万象|石家庄|沈阳市|米以|干预|席位|余额|余款|和解|符合|代理|代为|代表|代缴"
    r"|官方|付款|付清|付费|曲线|白云|罗湖|龙岗|龙华|宝安"
)
TITLES = (
    "法官|法官助理|书记员|書記官|执行员|审判员|先生|女士|小姐|太太|经理|經理|主任|老师|律师|律師|院长|庭长|局长|处长"
    "|科长|警官|同志|助理|总监|会计|工程师"
    "|老板|师傅|秘书|主管|专员|专管|工(?![一-鿿])|总(?![一-鿿])|董(?![一-鿿])|生(?=[，,。：: ]|$)|姓|氏"
)
DOUBLE = (
    "欧阳|歐陽|司徒|上官|诸葛|諸葛|皇甫|尉迟|尉遲|公孙|公孫|慕容|司马|司馬|夏侯|东方|東方|令狐|宇文|长孙|独孤|南宫"
    "|呼延|端木|轩辕|百里|申屠|闻人|澹台|钟离|赫连|张简|張簡|范姜"
)
_CLEAR = "".join(sorted(SURNAMES - frozenset(ALSO_WORDS)))
_ANY = "".join(sorted(SURNAMES))
_DOUBLE_FIRST = "".join(sorted({each[0] for each in DOUBLE.split("|")}))
_GIVEN = rf"(?![{NEVER_GIVEN}])[一-鿿]"
_USUAL = f"[{''.join(sorted(set(USUAL_GIVEN)))}]"
_GUARD = rf"(?=[{_ANY}{_DOUBLE_FIRST}])(?!{NOT_NAMES})(?!(?:{DOUBLE}|[{_ANY}])(?:{TITLES}))"
_END = rf"(?<![{INSTITUTION_ENDS}])(?!×)"
ETHNIC = r"[一-鿿]{1,7}(?:[·•・][一-鿿]{1,8}?){1,3}"

STRICT_NAME = (
    rf"{_GUARD}(?:(?:{DOUBLE}){_GIVEN}(?:{_GIVEN})?|[{_ANY}]{_GIVEN}(?:{_GIVEN})?"
    rf"|[{_CLEAR}][{_CLEAR}]{_GIVEN}{{2}}){_END}"
)
LOOSE_NAME = (
    rf"{_GUARD}(?:(?:{DOUBLE}){_GIVEN}(?:{_GIVEN})?|[{_CLEAR}]{_GIVEN}(?:{_GIVEN})?|[{_ANY}]{_USUAL}{{1,2}}"
    rf"|[{_CLEAR}][{_CLEAR}]{_USUAL}{{2}}){_END}"
)
SURE_NAME = rf"{_GUARD}(?:(?:{DOUBLE}){_USUAL}{{1,2}}|[{_CLEAR}]{_USUAL}{{2}}|[{_CLEAR}]{_USUAL}){_END}"
SURE_NAME_OF_THREE = rf"{_GUARD}[{_ANY}]{_USUAL}{{2}}{_END}"
SURE_NAME_OF_ANY = rf"{_GUARD}[{_ANY}]{_USUAL}{{1,2}}{_END}"
"""Any given name; any behind a surname that is no word; usual given names only; these behind any surname."""

EITHER_NAME = f"(?:{SURE_NAME}|{SURE_NAME_OF_ANY})"

OWNED = (
    r"位于|位於|坐落|座落|址在|所有|所属|共有|共同|购买|购置|持有|拥有|涉及"
    r"|的(?:房|不动产|住宅|股权|位于|共有|配偶|商|车)|在(?![建线售])"
    r"|[与與和及]案外人|[与與和及]被执行人"
)
TITLE_OWNER = re.compile(rf"[{_ANY}](?:{_USUAL}{{1,2}}|[{_ANY}]{_USUAL}{{2}})(?:[、，,与與和]|{OWNED})")
"""A title that begins with its owner (【变卖】张志强、王小燕共有的住宅)."""

SEPARATOR = re.compile(r"([、，,；;/和与與及跟])")
_SEPARATOR = r"\s?[、，,；;/和与與及跟]\s?"
SURNAME_FIRST = re.compile(rf"({DOUBLE}|[一-鿿])(.+)")

ROLE = (
    r"(?:被执行人|被執行人|申请执行人|申請執行人|执行人|债务人|債務人|债权人|債權人|所有权人|所有權人|所有人|产权人"
    r"|產權人|产权所有者|权利人|權利人"
    r"|义务人|義務人|借款人|贷款人|保证人|保證人|担保人|擔保人|抵押权人|抵押權人|抵押人|出质人|质权人|案外人|竞买人"
    r"|競買人|竞得人|競得人|竞得者|竞拍人|买受人|買受人"
    r"|受让人|受讓人|出让人|拍定人|得標人|得标人|共有权人|共有人|共有權人|承租人|出租人|承租方|租赁人|租户|转租人"
    r"|次承租人|实际占有人|占有人|占用人|居住人|使用人"
    r"|联系人|联系方式|聯絡人|聯繫人|联络人|咨询人|看样人|经办人|經辦人|承办人|承辦人|负责人|負責人|法定代表人"
    r"|法人代表|代表人|代理人|委托人|受托人|监护人|被继承人|继承人"
    r"|被申请人|申请人|申請人|相對人|相对人|异议人|第三人|优先购买权人|被告人|被告|原告|被上诉人|上诉人|罪犯|户主"
    r"|房主|业主|屋主|配偶|其妻|其夫|妻子|丈夫|姓名|户名|戶名"
    r"|用户姓名|机主|车主|登记在)"
)
_FURTHER = r"(?:[一二三四五六七八九十]|之一|[A-Z]|\d|本人|系|即)?"
_ASIDE = r"(?:[（(][^（）()]{1,14}[）)])?"
_MARK = r"[\"'”]?\s?[:：﹕=]\s?[\"'“]?|\s?[（(【\[「“\"'《]\s?|\s"
AFTER_NAMES = (
    r"(?=名下|所有|所持|持有|共有|共同|拥有|擁有|享有|所属|按份|址在|单独|單獨|抵押|位于|位於|坐落|座落|购买|購買"
    r"|登记|登記|提供|一案|案[的，,]|夫妻|夫妇|父子|母子|本人|两人|二人|三人|四人|民间借贷"
    r"|金融|借款|借贷|合同|买卖|离婚|離婚|信用卡|追偿|执行|執行|公证|身份|身分|公民|电话|電話|手机|手機|联系|聯絡"
    r"|先生|女士|小姐|太太|法官|书记员|经理|经理|律师|老师|主任|拒|竞|租赁|租用|承租|租住|居住|占有|占用|使用|腾|负责|实际|死亡|去世|下落"
    r"|通过|以\d|以最高|以人民币|出生|所欠|未|因|向|欠|于|於|已|应|應|须|就|对|對|自|系|是|为|為|均|男|女|住|现|現|之"
    r"|诉|訴|将|將|把|被|签|办|不"
    r"|[的在与與和及等跟]|[^一-鿿×]|$)"
)
BARE_NAME = re.compile(rf"(?<![一-鿿×·])(?:{ETHNIC}|{EITHER_NAME})(?![一-鿿×·])")
"""A name between anything but Chinese signs, as in the cells of a table."""

_WHOLE = r"(?=[^一-鿿×]|$|名下|所有的)"


def _listed(name: str) -> str:
    return rf"{name}(?:{_SEPARATOR}{name})*"


def _few(name: str) -> str:
    """A list that may begin anywhere: from each name of a long one the rest would be looked through again."""
    return rf"{name}(?:{_SEPARATOR}{name}){{0,20}}"


_NAME = f"(?:{ETHNIC}|{STRICT_NAME})"
_LOOSE = f"(?:{ETHNIC}|{LOOSE_NAME})"
_BEFORE = r"(?:(?<![一-鿿×])|(?<=[在于於人将由卖賣对對就及和与與以为有等户主妻夫]))"
_OWNS = r"(?=(?:[（(][^（）()]{1,30}[）)])?(?:名下|所有的|所有[位座坐]|所属|共同所有|共有的|的名义|名义))"
_NUMBER_NEXT = (
    r"(?=[（(]\d{17}[\dXx]|[\s：:，,;；|（(/、\"-]{0,4}(?:(?:联系)?(?:电话|電話|手机|手機)|[Tt][Ee][Ll]\.?)?[号碼码]{0,2}[\s：:]{0,2}"
    r"[（(]?(?:1[3-9]\d[ -]?[\d×]{4}|09\d\d[ -]?[\d×]|0\d{2,3}[ )）-][\d×]{3}))"
)
_NO_FIRM = r"(?![^，。；、,;：:（(\s]{0,20}(?:公司|银行|集团|法院|厂|中心|委员会))"
_DEBTS = r"(?=等?(?:\d+户)?(?:零售|抵押类?|个人|不良|贷款|的)*[债債][权權])"
_OFFICES = r"(?:法官|书记员|执行员|承办法官|拍卖师|评估师|客户经理|经理|律师|先生|女士)"
_LIST = r"[、，,和与與]"
_IDENTITY_NEXT = r"(?=[\s，,、（(]{0,2}(?:居民|公民)?(?:身份|身分)(?:证(?!明)|證|号|號))"
_SEX_NEXT = r"(?=[，,、（(\s]{1,2}[男女](?![一-鿿]))"

_IN_ROLE = rf"{ROLE}{_FURTHER}{_ASIDE}(?!占[有用住据])"
"""占 is a surname, but behind a role it nearly always begins 占有 or 占用: what the debtor does with the home."""

_ROLE_CUE = "[人告主偶妻夫犯名户戶方式者在]"
_OWN_CUE = "名下|所有|所属|共有|名义"
_NUMBER_CUE = r"身[份分]|[\d×]{3}|[，,、（(\s][男女]"
PERSONS = (
    (_ROLE_CUE, rf"{_IN_ROLE}(?:{_MARK}|为|為|系|是)({_listed(_NAME)}){AFTER_NAMES}"),
    (_ROLE_CUE, rf"{_IN_ROLE}({_listed(_LOOSE)}){AFTER_NAMES}"),
    (_ROLE_CUE, rf"{_IN_ROLE}(?:{_MARK})?({SURE_NAME}|{SURE_NAME_OF_THREE}){_NO_FIRM}"),
    (_OWN_CUE, rf"{_BEFORE}({_few(_NAME)}){_OWNS}"),
    (_OWN_CUE, rf"({_few(SURE_NAME)}|{SURE_NAME_OF_THREE}){_OWNS}"),
    (OWNED, rf"(?:^|[】］\]]\s?|涉及|属于|屬於|归|歸)({_listed(SURE_NAME)}|{SURE_NAME_OF_ANY})(?={OWNED})"),
    (_LIST, rf"(?:^|[】］\]]\s?)({EITHER_NAME}(?:{_LIST}{EITHER_NAME})+)"),
    ("[属屬归歸]", rf"(?:属于|屬於|归|歸)({_listed(SURE_NAME)})(?![一-鿿])"),
    (_NUMBER_CUE, rf"(?<![一-鿿×])({_few(_NAME)})(?:{_NUMBER_NEXT}|{_IDENTITY_NEXT}|{_SEX_NEXT})"),
    (_NUMBER_CUE, rf"({SURE_NAME})(?:{_NUMBER_NEXT}|{_IDENTITY_NEXT}|{_SEX_NEXT})"),
    ("[债債]", rf"(?:关于|關於|持有的|拥有的|享有的|对)({_listed(_NAME)}){_DEBTS}"),
    ("[:：]", rf"{_OFFICES}[:：]\s?({_listed(_NAME)}){_WHOLE}"),
    ("先生|女士|小姐", rf"(?<![一-鿿×])({SURE_NAME})(?=先生|女士|小姐)"),
)
"""Names behind a role (被执行人张三), before 名下 and the like, before numbers that persons have, and in loan titles"
"."""


def mask_names(text: str) -> str:
    """The text with every name of a person that its surroundings tell cut to the surname."""
    for cue, pattern in _compiled():
        if cue.search(text) is not None:
            text = pattern.sub(_mask_listed_names, text)
    return text


@cache
def _compiled() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """Compiled when the first text needs them: that takes as long as reading fifty pages."""
    return tuple((re.compile(cue), re.compile(pattern)) for cue, pattern in PERSONS)


def _mask_listed_names(found: re.Match[str]) -> str:
    """The match with every name in its first group cut to its surname; the words around the names stay."""
    parts = SEPARATOR.split(found[1])
    if min(len(part.strip()) for part in parts[::2]) < 2:  # 李和平: the separator belongs to a name
        parts = [found[1]]
    parts[::2] = (SURNAME_FIRST.sub(_keep_surname, name) for name in parts[::2])
    start, end = (place - found.start() for place in found.span(1))
    return found[0][:start] + "".join(parts) + found[0][end:]


def _keep_surname(found: re.Match[str]) -> str:
    return found[1] + re.sub(r"[^\s·•・]", MASK, found[2])
