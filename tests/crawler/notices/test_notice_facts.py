"""Sentences of real notices (2016-2026) with the answer that a person gives; ``None``: the sentence tells nothing."""

import pytest

from crawler.items import FactItem
from crawler.notices import read_notice
from store.terms import Answer, FactKind

YES, NO, NOT_KNOWN = Answer.YES, Answer.NO, Answer.NOT_KNOWN
Case = tuple[FactKind, Answer | None, str]

OCCUPIED: list[Case] = [
    (FactKind.OCCUPIED, YES, "瑕疵情况：现状拍卖，租赁已过期，占用人配合腾房。"),
    (FactKind.OCCUPIED, YES, "居住情况 被执行人及家属自住"),
    (FactKind.OCCUPIED, YES, "使用情况\t租户占用"),
    (FactKind.OCCUPIED, YES, "是否已腾空\t未腾空"),
    (FactKind.OCCUPIED, YES, "是否已腾空\t否"),
    (
        FactKind.OCCUPIED,
        YES,
        "无租赁，被执行人自己居住，被执行人承诺于2020年10月10日前搬离，相应情况将于拍卖公告中予以告知。",
    ),
    (FactKind.OCCUPIED, YES, "房屋未腾空（有签署腾房承诺书），法院将在合理期间内腾空并交付。"),
    (FactKind.OCCUPIED, NO, "是否已腾空\t是"),
    (FactKind.OCCUPIED, NO, "是否已腾空\t房屋已腾房"),
    (FactKind.OCCUPIED, NO, "目前无人占有使用，存在抵押、法院查封，有钥匙"),
    (FactKind.OCCUPIED, NO, "钥匙/占用情况\t有/空置"),
    (FactKind.OCCUPIED, NO, "室内物品（来源：存量房买卖取得，现状：空置）"),
    (
        FactKind.OCCUPIED,
        NO,
        "占有使用情况 1.是否存在租赁： 是□ 否☑ 2.是否存在无权占有：是□ 否☑ 3.法院是否负责交付：是☑ 否□",
    ),
    (FactKind.OCCUPIED, None, "上述拍卖的标的是否设立居住权，需竞买人自行前往标的物所在地的不动产登记中心自行了解"),
    (FactKind.OCCUPIED, None, "1、该房为居住用房，位于新乡市解放大道（南）317号惠民馨苑6号楼2单元2703室"),
    (FactKind.OCCUPIED, None, "有租赁的，由承租人在承租期限内继续按照原租赁合同占有拍卖标的物"),
    (FactKind.OCCUPIED, None, "导致拍卖财产在占有、使用、收益、处分等方面受影响的风险由买受人承担。"),
]
LEASED: list[Case] = [
    (FactKind.LEASED, YES, "租赁情况\t有租赁"),
    (FactKind.LEASED, YES, "3、租赁抵押情况说明：有租赁即将到期；"),
    (FactKind.LEASED, YES, "特别说明：该标的部分已对外出租，其中部分出租于“逸家宾馆”，面积为271.4㎡"),
    (FactKind.LEASED, YES, "案外人黄××向本院申报租赁情况，但其提供的租赁合同成立于抵押登记之后"),
    (FactKind.LEASED, NO, "租赁情况\t无租赁（毛坯）"),
    (FactKind.LEASED, NO, "租赁情况\t无"),
    (FactKind.LEASED, NO, "租赁情况\t无出租"),
    (FactKind.LEASED, NO, "租赁情况 是否带租拍卖 否 钥 匙 无"),
    (FactKind.LEASED, NO, "5、房屋无租赁"),
    (FactKind.LEASED, NO, "1.是否存在租赁： 是□ 否☑ 2.是否存在无权占有：是□ 否☑"),
    (FactKind.LEASED, NOT_KNOWN, "租赁情况\t不详\t钥匙\t无"),
    (
        FactKind.LEASED,
        None,
        "享有优先购买权的人员（房屋租赁权人、财产按份共有人等）参与竞买的，应于拍卖公告发布后七日内向拍卖人申报",
    ),
    (FactKind.LEASED, None, "拍卖标的物无租赁等可排除直接交付情形的，在拍卖成交裁定送达当事人后，由本院交付买受人。"),
    (FactKind.LEASED, None, "如有租赁，由买受人与承租人自行协商处理。"),
    (FactKind.LEASED, None, "本次拍卖上述资产的案件当事人、已知的抵押人、担保物权人、租赁占用人等"),
]
HANDOVER: list[Case] = [
    (FactKind.VACANT_HANDOVER, YES, "2、该标的成交后法院负责清场。"),
    (FactKind.VACANT_HANDOVER, YES, "本院负责自买受人付完全款之日起两个月内清房交付，详情请咨询法院。"),
    (FactKind.VACANT_HANDOVER, YES, "法院将在合理期间内腾空并交付。"),
    (FactKind.VACANT_HANDOVER, YES, "3.法院是否负责交付：是☑ 否□"),
    (FactKind.VACANT_HANDOVER, NO, "房屋用途：商业，不清场交付。"),
    (
        FactKind.VACANT_HANDOVER,
        NO,
        "我院对成交标的物不负责腾迁，买受人自行负责标的物的腾迁事宜，因腾迁不能造成的风险由买受人自行承担。",
    ),
    (
        FactKind.VACANT_HANDOVER,
        NO,
        "房屋的腾退、迁出、接收或后续产权登记事项等问题由买受人自行解决，法院不负责标的物的交付。",
    ),
    (FactKind.VACANT_HANDOVER, NO, "该标的拍卖拟按现状，法院不负责清场进行处置。"),
    (
        FactKind.VACANT_HANDOVER,
        NO,
        "四、特别提醒：标的物按交付时现状交付，交付时实物与评估报告不一致的风险由买受人承担。",
    ),
    (FactKind.VACANT_HANDOVER, None, "清场情况\t需要清场"),
    (FactKind.VACANT_HANDOVER, None, "或者承诺看样、承诺负责房屋腾退、交付标的物，并要求支付高额代拍费"),
]
TAXES: list[Case] = [
    (
        FactKind.BUYER_BEARS_ALL_TAXES,
        YES,
        "七、标的物转让登记手续由买受人自行办理，所涉及的一切税、费等欠费均由买受人承担。",
    ),
    (FactKind.BUYER_BEARS_ALL_TAXES, YES, "3、税费负担情况：办理过户手续所产生的一切税、费均由买受人承担。"),
    (
        FactKind.BUYER_BEARS_ALL_TAXES,
        YES,
        "由买受人自行办理，并承担权属变更手续所涉及的买卖双方所需承担的一切税、费和所需补交的相关税、费。",
    ),
    (
        FactKind.BUYER_BEARS_ALL_TAXES,
        YES,
        "办理过程中所涉及的买卖双方过户所需承担的一切税、费和所需补交的相关税、费由买受人承担。",
    ),
    (FactKind.BUYER_BEARS_ALL_TAXES, NO, "过户所涉及的一切税、费由买卖双方各自承担。"),
    (FactKind.BUYER_BEARS_ALL_TAXES, NO, "过户手续所产生的税、费，由原权利人和买受人各自承担；"),
    (FactKind.BUYER_BEARS_ALL_TAXES, NO, "所涉及的一切税、费等均按国家及当地主管部门规定由相应主体承担"),
    (FactKind.BUYER_BEARS_ALL_TAXES, NO, "应由出卖方负担的税款由法院在拍卖、变卖款中予以扣缴。"),
    (FactKind.BUYER_BEARS_ALL_TAXES, NO, "交易过程中的税费按照税法等相关法律法规和政策的规定缴纳。"),
    (
        FactKind.BUYER_BEARS_ALL_TAXES,
        NO,
        "本拍卖标的物在拍卖成交后产权转移产生的税费依照相关法律规定由纳税义务人承担。",
    ),
    (FactKind.BUYER_BEARS_ALL_TAXES, NO, "备注\t各自承担所有税、费，具体税费如何交纳应咨询税务相关部门12366"),
    (
        FactKind.BUYER_BEARS_ALL_TAXES,
        None,
        "拍卖时的起拍价、成交价均不含买受人在拍卖标的物交割、过户时所发生的全部费用和税费。",
    ),
    (
        FactKind.BUYER_BEARS_ALL_TAXES,
        None,
        "所涉及的一切税、费及其可能存在的物业费、水、电等欠费请竞买人于拍卖前至相关单位自行查询。",
    ),
]
ARREARS: list[Case] = [  # of real notices down to the risk of arrears; the others are made up after their manner
    (FactKind.ARREARS, YES, "可能存在的物业费、水、电等欠费均由买受人承担。"),
    (FactKind.ARREARS, YES, "欠费\t由买受人自行至相关部门查询核实并承担"),
    (FactKind.ARREARS, YES, "有无拖欠物业费、电费、水费等费用由买受人自行查证并承担所欠费用"),
    (FactKind.ARREARS, YES, "所欠缴的物业、水、电、气、供暖费等由买受人承担。"),
    (FactKind.ARREARS, NO, "可能存在的物业、水、电等欠费均由被执行人承担。"),
    (FactKind.ARREARS, NOT_KNOWN, "另，其他可能存在的物业费、水、电、煤气、有线电视等欠费也均由买受人自行查证处理"),
    (FactKind.ARREARS, NOT_KNOWN, "4、 可能存在的水、电、气、管理费欠费的风险。"),
    (FactKind.ARREARS, YES, "标的物水、电、煤气、物业管理等费用的结欠情况由买受人自行了解并承担。"),
    (FactKind.ARREARS, YES, "成交前产生的物业费、水电费等一切欠费，均由竞得人承担，法院不承担责任。"),
    (FactKind.ARREARS, YES, "据物业公司反映，该户自2019年起未交物业费，累计欠费约2.3万元。"),
    (FactKind.ARREARS, YES, "买受人还需自行负担该房产可能存在的欠缴的水、电、燃气费及滞纳金。"),
    (FactKind.ARREARS, YES, "其他可能存在的物业费、水、电等费用由买受人自行解决。"),
    (FactKind.ARREARS, YES, "办理入住时须缴清原业主所拖欠的物业费，该费用由买受人承担。"),
    (FactKind.ARREARS, YES, "物业费自2020年1月起未缴纳。"),
    (FactKind.ARREARS, YES, "房屋交付前的物业、水、电欠费由买受人先行支付。"),
    (FactKind.ARREARS, YES, "水电煤气、物业费、有线电视费等如有欠费，买受人自行承担。"),
    (FactKind.ARREARS, YES, "拍卖标的物移交前发生的水电费由竞买人承担。"),
    (FactKind.ARREARS, NO, "截至评估基准日，该房屋无水电、物业欠费。"),
    (FactKind.ARREARS, NO, "可能存在的物业、水、电等欠费由原产权人承担。"),
    (FactKind.ARREARS, NO, "标的物欠缴的物业费由法院在拍卖款中扣除。"),
    (FactKind.ARREARS, NO, "水电费、物业费已缴清至2021年12月。"),
    (FactKind.ARREARS, NO, "经核实未发现拖欠物业费的情形。"),
    (FactKind.ARREARS, NOT_KNOWN, "物业费、水、电是否欠费不详。"),
    (FactKind.ARREARS, NOT_KNOWN, "水、电、煤、物业费等是否有拖欠，请竞买人自行到有关部门查询。"),
    (FactKind.ARREARS, NOT_KNOWN, "该标的物业及水电欠费情况未知。"),
    (FactKind.ARREARS, NOT_KNOWN, "可能存在物业费等欠费，具体数额由竞买人自行向物业公司咨询。"),
    (FactKind.ARREARS, None, "申请执行人与被执行人因拖欠货款纠纷一案，本院立案执行。"),
    (FactKind.ARREARS, None, "不足部分由买受人补足，拖欠的差价款本院将强制执行。"),
    (FactKind.ARREARS, None, "小区物业管理规范，物业费按月缴纳，水电到户。"),
    (FactKind.ARREARS, None, "网拍平台不收取佣金，看样及水电检修由买受人自行负责。"),
    (FactKind.ARREARS, None, "被执行人欠王某借款，以其房产抵押。"),
    (FactKind.ARREARS, None, "买受人应在10日内缴清全部拍卖余款，所欠余款逾期视为悔拍。"),
    (FactKind.ARREARS, None, "交付后的物业费、水电费由买受人承担。"),
    (FactKind.ARREARS, YES, "截至2025年3月31日，该房屋尚欠物业费12,345.6元。"),
    (FactKind.ARREARS, YES, "经向物业公司了解，该房产拖欠物业管理费共计5432元，由买受人自行承担。"),
    (FactKind.ARREARS, YES, "该房屋存在物业欠费。"),
    (FactKind.ARREARS, YES, "买受人需承担标的物所欠的物业费、水电费。"),
    (FactKind.ARREARS, YES, "标的物拖欠的水、电、气、物业等费用，买受人应自行结清。"),
    (FactKind.ARREARS, YES, "可能存在的物业费、水电费等费用均由买受人自行承担。"),
    (FactKind.ARREARS, YES, "如有拖欠水电、物业费等情况，由竞得人负责缴清。"),
    (FactKind.ARREARS, YES, "欠费由被执行人承担，被执行人不承担的，由买受人先行垫付。"),
    (FactKind.ARREARS, YES, "欠费情况\t有"),
    (FactKind.ARREARS, YES, "欠费情况：物业费8200元"),
    (FactKind.ARREARS, YES, "移交前所产生的水费、电费由买受人承担。"),
    (FactKind.ARREARS, YES, "该房产未缴纳物业费至今。"),
    (FactKind.ARREARS, NO, "欠费情况\t无"),
    (FactKind.ARREARS, NO, "是否欠费\t否"),
    (FactKind.ARREARS, NO, "水电物业欠费情况：已结清"),
    (FactKind.ARREARS, NO, "无水电、物业费等欠费。"),
    (FactKind.ARREARS, NO, "该房屋物业费、水电费均已结清。"),
    (FactKind.ARREARS, NO, "标的物所欠物业费、水电费从拍卖款中优先支付。"),
    (FactKind.ARREARS, NO, "交付前的水费、电费、物业费由原业主承担。"),
    (FactKind.ARREARS, NO, "拍卖成交前拖欠的物业费由原产权人承担。"),
    (FactKind.ARREARS, NO, "买受人不承担交付前所欠物业费。"),
    (FactKind.ARREARS, NO, "不拖欠物业费。"),
    (FactKind.ARREARS, NOT_KNOWN, "欠费情况：无法核实"),
    (FactKind.ARREARS, NOT_KNOWN, "欠费情况\t不详"),
    (FactKind.ARREARS, NOT_KNOWN, "有无欠费由竞买人自行核实。"),
    (FactKind.ARREARS, NOT_KNOWN, "物业费、水电费等缴纳情况请竞买人自行向物业公司了解。"),
    (FactKind.ARREARS, NOT_KNOWN, "物业费、水、电等欠费具体金额以相关部门核算为准。"),
    (FactKind.ARREARS, NOT_KNOWN, "标的是否欠缴物业费，本院不掌握，请自行了解。"),
    (FactKind.ARREARS, None, "被执行人欠申请执行人借款本金500万元。"),
    (FactKind.ARREARS, None, "债务人尚欠贷款本息1,234.56万元。"),
    (FactKind.ARREARS, None, "被执行人欠缴的税款由买受人承担。"),
    (FactKind.ARREARS, None, "买受人逾期拖欠拍卖余款的，保证金不予退还。"),
    (FactKind.ARREARS, None, "交付之日起产生的物业费、水电费由买受人承担。"),
    (FactKind.ARREARS, None, "水、电、气等户名变更手续由买受人自行办理，费用由买受人承担。"),
    (FactKind.ARREARS, None, "其他费用情况\t物业费、取暖费、水电煤费、其他费用"),
    (FactKind.ARREARS, None, "水电齐全，精装修，物业费每平方米1.8元。"),
    (FactKind.ARREARS, None, "竞买人应具备完全民事行为能力，因文化程度欠缺造成的损失自负。"),
    (FactKind.ARREARS, None, "租户拖欠租金3万元。"),
    (FactKind.ARREARS, None, "被执行人尚欠执行费、诉讼费8,000元。"),
    (FactKind.ARREARS, None, "该房屋水电已通，物业管理由某物业公司负责。"),
    (FactKind.ARREARS, None, "欠条一张，金额5万元。"),
]
PRE_EMPTION: list[Case] = [
    (FactKind.PRE_EMPTION, YES, "出租于“逸家宾馆”部分有优先购买权。"),
    (FactKind.PRE_EMPTION, YES, "优先购买权人: 有\n变卖价: \n¥2,442,245.6"),
    (FactKind.PRE_EMPTION, NO, "九、本标的物无优先购买权人。"),
    (FactKind.PRE_EMPTION, NO, "九、本标的物优先购买权人相关说明：无（如有，标明姓名、电话等自然情况）·"),
    (FactKind.PRE_EMPTION, NO, "8、有无优先购买权人： 无"),
    (FactKind.PRE_EMPTION, NO, "故该承租人在此次拍卖中，不享有优先购买权。"),
    (FactKind.PRE_EMPTION, None, "逾期不提交的，视为放弃对本标的物享有的优先购买权。"),
    (
        FactKind.PRE_EMPTION,
        None,
        "八、与本标的物有关人员[案件当事人、担保物权人（抵押权人）、优先购买权人等]均可参加竞拍",
    ),
    (
        FactKind.PRE_EMPTION,
        None,
        "九、本标的物优先购买权人相关说明：优先购买权人参加竞买的，应于2020年11月12日前向本院提交合法有效的证明",
    ),
    (
        FactKind.PRE_EMPTION,
        None,
        "七、"
        "本标的物优先购买权人及相关权利人说明：截止公告日尚未通知的优先购买权人及相关权利人，"
        "本拍卖公告期的前五日为公示通知期。",
    ),
]
MORTGAGE: list[Case] = [
    (FactKind.MORTGAGE, YES, "1、 有抵押，抵押权人为本案申请执行人"),
    (FactKind.MORTGAGE, YES, "权利限制情况\t有查封、抵押"),
    (FactKind.MORTGAGE, YES, "抵押\t湘潭农村商业银行股份有限公司万楼支行"),
    (FactKind.MORTGAGE, YES, "2、 有抵押，需待解除抵押后方可过户。抵押情况\t有抵押"),
    (FactKind.MORTGAGE, NO, "2.无抵押"),
    (FactKind.MORTGAGE, NO, "抵押\t无抵押"),
    (FactKind.MORTGAGE, NO, "抵押情况 1.有 □ 2.无 ☑ 占有使用情况 1.是否存在租赁： 是□ 否☑"),
    (FactKind.MORTGAGE, None, "抵押\t\\\n提供的文件\t1、《法院裁定书》"),
    (FactKind.MORTGAGE, None, "买受人全额支付拍卖成交款后，本院一并办理涤除抵押、解除查封手续"),
]
SEIZURE: list[Case] = [
    (FactKind.SEIZURE, YES, "查封\t被湘潭县人民法院查封"),
    (FactKind.SEIZURE, YES, "2、 徐州市鼓楼区人民法院首封"),
    (FactKind.SEIZURE, YES, "查封情况\t本院首查封"),
    (
        FactKind.SEIZURE,
        YES,
        "查封\t湘潭市雨湖区人民法院于2019年1月23日以（2019）湘0302保12号协助执行通知书及裁定书查封",
    ),
    (FactKind.SEIZURE, YES, "查封情况 1.首封 ☑ 2.轮候有处置权□ 抵押情况 1.有 □ 2.无 ☑"),
    (FactKind.SEIZURE, None, "买受人全额支付拍卖成交款后，本院一并办理涤除抵押、解除查封手续"),
]
PURCHASE_LIMIT: list[Case] = [
    (FactKind.PURCHASE_LIMIT, YES, "其家庭或个人应符合北京市限购政策，否则将不予办理产权登记手续。"),
    (FactKind.PURCHASE_LIMIT, NO, "本次拍卖不受限购政策影响。"),
    (FactKind.PURCHASE_LIMIT, NO, "优先购买权及限制购买情况\t无"),
    (FactKind.PURCHASE_LIMIT, NOT_KNOWN, "3、限购情况：不详"),
    (FactKind.PURCHASE_LIMIT, NOT_KNOWN, "3.限购情况；不详，需买受人自行查证。"),
    (FactKind.PURCHASE_LIMIT, NOT_KNOWN, "5、限购情况：竞买人自行咨询。"),
    (
        FactKind.PURCHASE_LIMIT,
        NOT_KNOWN,
        "竞买人须自行向拍卖标的所在地房地产登记管理部门查询确认自己的购房资格，过户风险自行承担。",
    ),
    (FactKind.PURCHASE_LIMIT, None, "财产所在地存在限购限制政策的，竞买人资格以当地限购限制政策为准。"),
    (
        FactKind.PURCHASE_LIMIT,
        None,
        "法律、行政法规、规章对竞买人购买资格或者条件有特殊规定的，竞买人应当具备规定的资格或条件。",
    ),
]
LOAN: list[Case] = [
    (FactKind.LOAN_OFFERED, YES, "六、竞买人如有银行贷款需求的，可向以下及其他银行咨询："),
    (FactKind.LOAN_OFFERED, YES, "可否E拍贷\t可以"),
    (FactKind.LOAN_OFFERED, YES, "三拍 （三拍）吴中区临湖镇浦庄前青街428号37幢-2 可贷款"),
    (FactKind.LOAN_OFFERED, YES, "贷款服务银行:\n1：中国建设银行股份有限公司苏州桥支行拍卖房产个人贷款业务"),
    (FactKind.LOAN_OFFERED, NO, "九、是否可以适用“拍卖按揭贷款”：否。"),
    (FactKind.LOAN_OFFERED, None, "其他费用情况\t贷款担保费（如需贷款）：1% 约1万"),
    (FactKind.LOAN_OFFERED, None, "（如需贷款在成交之日起十日内向法院提交书面申请并在60日内贷款办理完毕）"),
]
VIEWING: list[Case] = [
    (FactKind.VIEWING, YES, "有意者请与本院联系统一安排看样。"),
    (FactKind.VIEWING, YES, "本案已委托广州产权交易所对拍品进行电话咨询及预约看样，如需看样请致电020-××××××××"),
    (FactKind.VIEWING, YES, "有意者可自行前往看样（咨询、看样联系第三方, 预约看样统一以电话通知为准）"),
    (FactKind.VIEWING, YES, "请各竞买人提前预约看样，如无人预约则不安排现场看样。"),
    (FactKind.VIEWING, NO, "拍卖期间接受咨询（双休日、节假日除外），本院不组织统一看样，竞买人可自行前往看样。"),
    (FactKind.VIEWING, NO, "疫情期间本标的不安排统一预展。"),
    (FactKind.VIEWING, NO, "有意者请自行去看样，法院无统一安排。"),
    (FactKind.VIEWING, NO, "是否组织看样\t否"),
    (FactKind.VIEWING, None, "有意者请亲自实地看样，未看样的竞买人视为对本标的实物现状的确认，责任自负。"),
    (FactKind.VIEWING, None, "其他介绍\t房屋具体境况以竞买人实际看样为准"),
    (FactKind.VIEWING, None, "拍卖财产以实物现状为准，竞买人可以申请实地看样。"),
    (FactKind.VIEWING, None, "网拍平台不收取佣金，看样及水电检修由买受人自行负责。"),
]
CASES = [
    *OCCUPIED,
    *LEASED,
    *HANDOVER,
    *TAXES,
    *ARREARS,
    *PRE_EMPTION,
    *MORTGAGE,
    *SEIZURE,
    *PURCHASE_LIMIT,
    *LOAN,
    *VIEWING,
]


def facts_of(kind: FactKind, text: str) -> list[FactItem]:
    return [fact for fact in read_notice(text).details.facts if fact.kind is kind]


def test_the_sentences_cover_every_fact_with_both_answers() -> None:
    told = {(kind, answer) for kind, answer, _ in CASES}
    assert len(CASES) >= 100
    assert {kind for kind, answer in told if answer is YES} == set(FactKind)
    assert {kind for kind, answer in told if answer is NO} == set(FactKind) - {FactKind.SEIZURE}


@pytest.mark.parametrize(("kind", "answer", "sentence"), CASES)
def test_sentence_answers_as_a_person_would(kind: FactKind, answer: Answer | None, sentence: str) -> None:
    answers = {fact.answer for fact in facts_of(kind, sentence)}
    assert answers == (set() if answer is None else {answer})


def test_the_quote_is_the_sentence_and_not_its_neighbours() -> None:
    text = "一、房屋坐落于合肥市。二、该标的成交后法院负责清场。三、无优先购买权人。"
    (handover,) = facts_of(FactKind.VACANT_HANDOVER, text)
    assert handover.quote == "二、该标的成交后法院负责清场"


def test_a_risk_told_once_outweighs_a_cell_that_denies_it() -> None:
    text = "租赁情况\t无\n案外人黄××向本院申报租赁情况，但其提供的租赁合同成立于抵押登记之后。"
    (leased,) = facts_of(FactKind.LEASED, text)
    assert leased.answer is YES
    assert leased.quote.startswith("案外人")


def test_a_promise_denied_once_is_none() -> None:
    text = "本院负责清场。\n特殊说明：法院不负责标的物的交付，房屋的腾退由买受人自行解决。"
    (handover,) = facts_of(FactKind.VACANT_HANDOVER, text)
    assert handover.answer is NO


def test_each_mortgage_is_a_fact_with_holder_amount_and_order() -> None:
    text = (
        "抵押情况：第一顺位抵押权人为中国工商银行股份有限公司合肥分行，债权数额120万元；"
        "第二顺位抵押权人为徽商银行股份有限公司，最高债权额500,000元。"
    )
    found = [(fact.holder, fact.amount_raw, fact.rank) for fact in facts_of(FactKind.MORTGAGE, text)]
    assert found == [
        ("中国工商银行股份有限公司合肥分行", "120万元", 1),
        ("徽商银行股份有限公司", "500,000元", 2),
    ]


def test_the_same_mortgage_told_twice_is_one() -> None:
    text = "抵押情况\t有抵押，福建南安农村商业银行股份有限公司石井支行。\n权利限制情况\t1、被法院查封。2、有抵押。"
    (mortgage,) = facts_of(FactKind.MORTGAGE, text)
    assert mortgage.holder == "福建南安农村商业银行股份有限公司石井支行"


def test_a_long_sentence_is_cut_around_what_it_says() -> None:
    text = (
        "（"
        + "包括但不限于所得税、营业税、契税，" * 30
        + "）有可能存在的物业费、水、电等欠费均由买受人自行承担，"
        + "与拍卖人无涉，" * 60
    )
    (arrears,) = facts_of(FactKind.ARREARS, text)
    assert arrears.answer is YES
    assert len(arrears.quote) == 300
    assert "欠费均由买受人自行承担" in arrears.quote


def test_silence_is_no_fact() -> None:
    assert read_notice("竞买人在拍卖竞价前请务必再仔细阅读本院发布的拍卖须知。").details.facts == ()
