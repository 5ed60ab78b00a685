"""Closed vocabularies. Values are what the database, the exports and the command line show."""

from enum import StrEnum


class Currency(StrEnum):
    """ISO 4217 codes of the currencies our sources sell in."""

    CNY = "CNY"
    HKD = "HKD"
    TWD = "TWD"
    BRL = "BRL"
    KRW = "KRW"
    USD = "USD"
    EUR = "EUR"
    UAH = "UAH"


MINOR_DIGITS: dict[Currency, int] = dict.fromkeys(Currency, 2) | {Currency.KRW: 0}
"""Decimal digits of the minor unit, after ISO 4217 (fen, centavo: 2; won: 0)."""


class RoundKind(StrEnum):
    """How one attempt to sell is made. The place in the chain is derived elsewhere."""

    FIRST_AUCTION = "first_auction"  # 一拍; 1º Leilão SFI
    SECOND_AUCTION = "second_auction"  # 二拍; 2º Leilão SFI
    THIRD_AUCTION = "third_auction"  # 三拍, until 2016 and by agents
    SELL_OFF = "sell_off"  # 变卖
    RE_AUCTION = "re_auction"  # 重新拍卖 after a default
    REPEAT_AUCTION = "repeat_auction"  # 再次拍卖, number not told
    DIRECT_SALE = "direct_sale"  # 银行直售; Venda Direta, Venda Direta Online
    SPECIAL_DIRECT_SALE = "special_direct_sale"  # Venda Direta Especial
    ONLINE_SALE = "online_sale"  # Venda Online: timed bids
    SINGLE_NOTICE_AUCTION = "single_notice_auction"  # Leilão SFI - Edital Único: both auctions in one notice
    OPEN_TENDER = "open_tender"  # Licitação Aberta
    OUT_OF_COURT_AUCTION = "out_of_court_auction"  # Leilão Extrajudicial and the like, round not told
    JUDICIAL_AUCTION = "judicial_auction"  # Leilão Judicial and the like, round not told
    LATER_AUCTION = "later_auction"  # the fourth and further ones: see round_number (Taiwan, Korea)
    OPEN_PURCHASE = "open_purchase"  # 應買 (Taiwan): three months for whoever pays the last reserve
    ASSET_AUCTION = "asset_auction"  # 竞价, 拍卖 on an asset platform, outside the law of court rounds
    DUTCH_AUCTION = "dutch_auction"  # 降价拍: the price falls until somebody takes it
    TENDER = "tender"  # sealed offers
    PRIVATE_TREATY = "private_treaty"  # Hong Kong


class RoundStatus(StrEnum):
    """Where one attempt stands, as far as the source says."""

    UPCOMING = "upcoming"  # 即将开始
    ONGOING = "ongoing"  # 正在进行
    ENDED = "ended"  # 已结束, result not told
    SOLD = "sold"  # 已成交
    FAILED = "failed"  # 流拍: nobody bid
    WITHDRAWN = "withdrawn"  # 撤回
    SUSPENDED = "suspended"  # 中止
    POSTPONED = "postponed"  # 暂缓
    TERMINATED = "terminated"  # 终止
    HALTED = "halted"  # stopped, the source does not say which of the four above
    TAKEN_BY_CREDITOR = "taken_by_creditor"  # 以物抵债, 承受; sold to the plaintiff
    DEFAULTED = "defaulted"  # 悔拍: the winner did not pay


class PropertyKind(StrEnum):
    """What is sold. Unknown is null, never a member."""

    FLAT = "flat"
    HOUSE = "house"
    BUILDING = "building"
    SHOP = "shop"
    OFFICE = "office"
    INDUSTRIAL = "industrial"
    PARKING = "parking"
    STORAGE = "storage"
    LAND = "land"
    RURAL = "rural"
    COMMERCIAL = "commercial"
    VEHICLE = "vehicle"
    LOAN = "loan"
    OTHER = "other"


NO_HOMES = frozenset((PropertyKind.LOAN, PropertyKind.VEHICLE))
"""Claims and vehicles: what is asked for them is no price of a home, also where a person joined them with one."""


class SellerKind(StrEnum):
    """Who sells (domain.md, section 2)."""

    COURT = "court"
    STATE_BANK = "state_bank"  # 国有大行; CAIXA
    JOINT_STOCK_BANK = "joint_stock_bank"  # 股份行
    CITY_BANK = "city_bank"  # 城商行
    RURAL_BANK = "rural_bank"  # 农信, 农商行
    ASSET_MANAGER = "asset_manager"  # 资产管理公司
    BANKRUPTCY_ADMINISTRATOR = "bankruptcy_administrator"  # 破产管理人
    STATE_OWNED = "state_owned"  # 国资
    AGENT = "agent"  # auction house
    BANK = "bank"  # of another kind, or abroad
    GOVERNMENT = "government"  # customs, tax office, deposit guarantee fund
    COMPANY = "company"


class AppraisalKind(StrEnum):
    """How the reference price was found (法释〔2018〕15号, article 2)."""

    NEGOTIATED = "negotiated"  # 议价, 当事人议价
    DIRECTED_INQUIRY = "directed_inquiry"  # 定向询价
    ONLINE_INQUIRY = "online_inquiry"  # 网络询价
    APPRAISAL = "appraisal"  # 评估, 委托评估


class AppraisalScope(StrEnum):
    """What the reference price is for: the appraisal of a lot says nothing of one unit (domain.md, case 11)."""

    UNIT = "unit"
    LOT = "lot"


class FactKind(StrEnum):
    """What a notice says of a home, beside its numbers (domain.md, section 2)."""

    OCCUPIED = "occupied"  # 占有, 居住
    LEASED = "leased"  # 租赁
    VACANT_HANDOVER = "vacant_handover"  # 腾退, 清场, 交付 promised
    BUYER_BEARS_ALL_TAXES = "buyer_bears_all_taxes"  # 税费全部由买受人承担; no: each side its own, by the law
    ARREARS = "arrears"  # 欠费: water, power, management
    PRE_EMPTION = "pre_emption"  # 优先购买权人
    MORTGAGE = "mortgage"  # 抵押
    SEIZURE = "seizure"  # 查封
    PURCHASE_LIMIT = "purchase_limit"  # 限购
    LOAN_OFFERED = "loan_offered"  # 可贷款
    VIEWING = "viewing"  # 看样: somebody shows the home, or nobody does


class Answer(StrEnum):
    """What is said of a fact. Where nothing is said there is no row."""

    YES = "yes"
    NO = "no"
    NOT_KNOWN = "not_known"  # the notice itself says that it is not known (不详, 情况不明, 自行了解)


class PageOutcome(StrEnum):
    """What became of one page. Only READ and EMPTY say anything about listings."""

    READ = "read"
    EMPTY = "empty"  # the source itself says: nothing here
    BLOCKED = "blocked"
    LOGIN_REQUIRED = "login_required"
    EMPTY_SHELL = "empty_shell"  # the frame of the page without its data
    LAYOUT_CHANGED = "layout_changed"
    HTTP_ERROR = "http_error"


class RunVerdict(StrEnum):
    """Whether a run can be trusted. Everything but OK leaves absences without meaning."""

    OK = "ok"
    EMPTY = "empty"
    BELOW_EXPECTATION = "below_expectation"
    ROWS_REFUSED = "rows_refused"
    FIELDS_FELL = "fields_fell"  # all came, but a field that nearly all had is hardly told any more
    BLOCKED = "blocked"
    LOGIN_REQUIRED = "login_required"
    EMPTY_SHELL = "empty_shell"
    LAYOUT_CHANGED = "layout_changed"
    HTTP_ERROR = "http_error"
    CRASHED = "crashed"
    RUNNING = "running"


class SourceState(StrEnum):
    """How a source stands. Where its last run ended otherwise than well, that run's verdict tells."""

    NEVER_RUN = "never_run"
    STALE = "stale"  # its last runs were well, but it is on the timetable and was not read for days


class Judgement(StrEnum):
    """Whether two listings are of one home."""

    SAME = "same"
    DIFFERENT = "different"
    UNSURE = "unsure"  # for a person to decide


class RoundLink(StrEnum):
    """How one listing of a home follows the one before (domain.md, sections 1 and 2)."""

    NEXT_ROUND = "next_round"  # after a failed auction of the same procedure
    SELL_OFF_AFTER_FAILURE = "sell_off_after_failure"  # 变卖 after the last failed auction
    RE_AUCTION_AFTER_DEFAULT = "re_auction_after_default"  # the winner did not pay
    NEW_PROCEDURE = "new_procedure"  # it begins again: another case, another seller, or long after
    TAKEN_BY_CREDITOR = "taken_by_creditor"  # the creditor took it, now he sells it
    BANK_RELISTING = "bank_relisting"  # a direct sale offered once more
    SAME_OFFER_ELSEWHERE = "same_offer_elsewhere"  # the same attempt on a second platform
    RESUMED = "resumed"  # a suspended or withdrawn attempt goes on under a new id: the same round


class EventKind(StrEnum):
    """What happened to a listing or a home."""

    NEW = "new"
    CUT = "cut"
    RISE = "rise"
    NEW_ROUND = "new_round"
    START_MOVED = "start_moved"
    END_MOVED = "end_moved"
    POSTPONED = "postponed"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    WITHDRAWN = "withdrawn"
    SOLD = "sold"
    FAILED = "failed"
    ENDED_UNKNOWN = "ended_unknown"  # the end has passed, no result was seen
    DEBT_SETTLEMENT = "debt_settlement"
    BANK_RELISTING = "bank_relisting"
    GONE = "gone"  # missing from two healthy complete looks at its source
    BACK = "back"


class TargetKind(StrEnum):
    """What the timetable fetches."""

    LISTS = "lists"  # all lists of a source, and the details of what is new on them
    LISTING = "listing"  # the pages that tell the state of one listing


class LookReason(StrEnum):
    """Why something is to be looked at again. What goes first: ``scheduler.policy.URGENCY``."""

    LAST_HOUR = "last_hour"
    LAST_DAY = "last_day"
    RESULT = "result"  # it has ended, the result was not seen
    LISTS = "lists"  # what is new, and the state of everything that the lists show
    DAYS_AWAY = "days_away"
    NEXT_ROUND = "next_round"  # it failed: the next round is looked for
    PAUSED = "paused"  # suspended, postponed, stopped
    VANISHED = "vanished"  # missing from complete looks at its source


class ChannelKind(StrEnum):
    """Where the messages of a watch go."""

    APPRISE = "apprise"  # an address of Apprise: mail, chat, webhook
    ATOM = "atom"  # a feed in a file
    ICALENDAR = "icalendar"  # a calendar in a file


class Pace(StrEnum):
    """How often a watch speaks."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


class DeliveryState(StrEnum):
    """What became of one message to one channel."""

    PENDING = "pending"
    SENDING = "sending"  # claimed; what a killed run was at is sent again when its claim has ended
    SENT = "sent"
    DEAD = "dead"  # given up after many attempts


class ListingNews(StrEnum):
    """What happened to listings since rollups were counted."""

    CHANGED = "changed"  # new, or other words; an id stands once for each time
    SEEN = "seen"  # the same words after so long that the listing had passed for gone
    LINKED = "linked"  # of another home than before, or of one in place of none
    GONE = "gone"
    EVERYTHING = "everything"  # more than can be told by ids: count anew
