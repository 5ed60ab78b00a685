"""Addresses of seven countries into parts: texts of real listings, and the traps of each country."""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from tracking.address.abroad import read_abroad
from tracking.address.parts import NO_PARTS

FIXTURES = Path(__file__).parents[2] / "fixtures"


def read(country, address, title=None):
    return read_abroad(country, title, address, None, None)


def told(country, address, title=None):
    parts = read(country, address, title).parts._asdict()
    return {name: value for name, value in parts.items() if value not in (None, ())}


BRAZIL = {
    "AVENIDA GOVERNADOR ORESTES QUERCIA, N. 1201, Apto 102, BL 04": {
        "road": "AVENIDA GOVERNADOR ORESTES QUERCIA", "number": "1201", "room": "102", "building": "4",
    },
    "RUA ENGENHEIRO MIGUEL MELHADO CAMPOS, N. 1-129, Apto 1913, BL 19": {
        "road": "RUA ENGENHEIRO MIGUEL MELHADO CAMPOS", "number": "1-129", "room": "1913", "building": "19",
    },
    "RUA AUGUSTO PAULO LIMA, N. 1-166, Apto 401, BL 09 VG 56": {
        "road": "RUA AUGUSTO PAULO LIMA", "number": "1-166", "room": "401", "building": "9", "parking": "56",
    },
    "ALAMEDA PADRE ANCHIETA, N. 1159, LT 05 QD 16": {
        "road": "ALAMEDA PADRE ANCHIETA", "number": "1159", "lot": "QD16 LT5",
    },
    "Av. Gov. Edmundo Pinto, S-01 QD-04 LT 05-A": {"road": "AVENIDA GOVERNADOR EDMUNDO PINTO", "lot": "QD4 LT5A"},
    "RUA E, N. S/N, QD 10 LT07 JARDIM DE ALAH": {"road": "RUA E", "lot": "QD10 LT7"},
    "RUA ARISTIDES FERNANDES, N. 485, Apto 11, TR 3": {
        "road": "RUA ARISTIDES FERNANDES", "number": "485", "room": "11", "building": "3",
    },
    "RUA ANTONIO ROSSANESE, N. 220, Apto 203, BL 2, 2º PAV, VG 22": {
        "road": "RUA ANTONIO ROSSANESE", "number": "220", "room": "203", "building": "2", "floor": "2", "parking": "22",
    },
    "RUA ARMANDO DELLE, N. SN, Apto 102, 1 PAV TERREO BL 06 VAGA DE GARAGEM N.1": {
        "road": "RUA ARMANDO DELLE", "room": "102", "building": "6", "floor": "1", "parking": "1",
    },
    "RUA SAO LUIZ, N. 80, Apto 520, ACESSO 05": {"road": "RUA SAO LUIZ", "number": "80", "room": "520", "unit": "5"},
    "QUADRA 68, N. S/N, LT 04, RUA 25,": {"road": "RUA 25", "lot": "QD68 LT4"},
    "QUADRA 112, N. SN, CS 02 LT 29A CONJUNTO A": {"room": "2", "lot": "QD112 LT29A", "block": "CJA"},
    "QUADRA 03, N. SN, Apto 102, BL F CHACARA 01-A": {"room": "102", "building": "F", "lot": "QD3 CH1A"},
    "RUA PRESIDENTE COSTA E SILVA, N. 639 B, Apto 01, QD B": {
        "road": "RUA PRESIDENTE COSTA E SILVA", "number": "639B", "room": "1", "block": "QDB",
    },
    "RUA DO VALLE, N. 03, Apto 102A, BL ELEGANTE": {
        "road": "RUA DO VALLE", "number": "3", "room": "102A", "building": "ELEGANTE",
    },
    "RUA DR PORCIUNCULA, N. SN, QD 01, LT 07 COND BOSQUE DO RANCHO": {
        "road": "RUA DOUTOR PORCIUNCULA", "lot": "QD1 LT7", "compound": "BOSQUE DO RANCHO",
    },
    "RUA SDO (208) ATUAL FRANCISCA GURGEL, N. 41, LT 28": {
        "road": "RUA FRANCISCA GURGEL", "number": "41", "lot": "LT28",
    },
    "QUADRA 04, N. S/N, QD 04 LTS 05,06,07,08,09 E 24": {"lot": "QD4 LT5/6/7/8/9/24"},
    "RUA PAICANDU, N. 232, QD44 DATA DE TERRA13/A": {"road": "RUA PAICANDU", "number": "232", "lot": "QD44 LT13A"},
    "PRAÇA DA CONFEDERAÇAO SUICA, N. 223, Apto 205, BL 04": {
        "road": "PRACA DA CONFEDERACAO SUICA", "number": "223", "room": "205", "building": "4",
    },
    "Rua Bandeirantes,  660": {"road": "RUA BANDEIRANTES", "number": "660"},
}  # fmt: skip


@pytest.mark.parametrize("address", BRAZIL)
def test_an_address_of_the_brazilian_bank_is_read_whole(address):
    assert told("BR", address) == BRAZIL[address]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("RUA X DE MAIO, N. 97, Apto 201, CASA 02", "RUA X DE MAIO, N. 97, CS 02, APT 201"),
        ("ESTRADA DA BOA VISTA, N. SN, Apto 101, TORRE 4", "ESTRADA DA BOA VISTA, N. S/N, AP 101 BL 04"),
        ("TRAVESSA SALINAS, N. 10, Apto 01,  LT.09 QD.07", "TRAVESSA SALINAS, N. 10, CS 01 QD 07 LT09"),
        ("QUADRA 17, N. SN, LT 12 RUA 18", "RUA 18, N. 0, LOTE 12 - QUADRA 17"),
        ("RUA BREJOES, N. 293, LT 20 QD L PLANO A", "RUA BREJÕES, N. 293, LT 20, QD L, PL A"),
        ("ESTRADA BELFORD ROXO, N. 977, Apto 2A04, BL02", "ESTRADA BELFORD ROXO, N. 977, Apto 2A-4, BL 02"),
    ],
)
def test_one_brazilian_home_written_twice_has_the_same_parts(one, other):
    assert told("BR", one) == told("BR", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ESTRADA DA BOA VISTA, N. SN, Apto 302, T 06", "ESTRADA DA BOA VISTA, N. SN, Apto 302, T11"),
        ("RUA CARLOS FONTAINE, N. 410, 03", "RUA CARLOS FONTAINE, N. 410, 02"),
        ("R CRISTOVAO COLOMBO, N. 215, 301, 2", "R CRISTOVAO COLOMBO, N. 215, 302, 2"),
        ("VIA LOCAL 4, N. SN, LTS 11, 12, 13 E 14C, QD D", "VIA LOCAL 04, N. SN, LT 11,12,13,14-A, QD D"),
        ("RUA 2, N. SN, LT 08 B, QD 03", "RUA 2, N. SN, LT08 QD 03"),
        ("RUA HEIDE CARNEIRO, N. 27, Apto SN, PAVIMENTO SUPERIOR", "RUA HEIDE CARNEIRO, N. 27, Apto SN, TERREO"),
        ("RUA B, N. 200, Apto 203, 25", "RUA B, N. 200, Apto 203, 26"),
    ],
)
def test_neighbours_in_brazil_differ_in_a_part(one, other):
    assert told("BR", one) != told("BR", other)


@pytest.mark.parametrize("street", ["RUA PROJETADA", "RUA SEM NOME", "RUA SEM DENOMINAÇÃO", "VIA PRINCIPAL"])
def test_a_brazilian_street_without_a_name_is_unknown(street):
    assert told("BR", f"{street}, N. SN, Apto ., BL 04") == {"building": "4"}


def test_a_quadra_alone_is_no_lot_for_many_homes_lie_in_it():
    assert told("BR", "RUA JOSE GOMES, N. SN, QD 12") == {"road": "RUA JOSE GOMES", "block": "QD12"}


def test_areas_and_counts_in_brazilian_titles_are_no_rooms():
    assert told("BR", None, "Apartamento 81 m² (Unid. 303) - Cristal - Porto Alegre - RS") == {"room": "303"}
    assert told("BR", None, "Apartamento 179 m² (02 vagas) - São Geraldo - Porto Alegre - RS") == {}
    assert told("BR", None, "Box nº 48 - 10,58m² - Edifício Village - Bela Vista") == {
        "parking": "48",
        "compound": "VILLAGE",
    }
    assert told("BR", None, "I/BMW X5 M50D - 18/19 - Preta - Depósito") == {}


def test_a_share_of_a_brazilian_flat_is_told_by_the_title():
    title = "50% - Apartamento - 24,91m² - Ed. Dom Lúcio - Santa Cecília"
    assert told("BR", None, title) == {"share": "1/2", "compound": "DOM LUCIO"}


def test_each_part_keeps_the_words_it_came_from():
    found = read("BR", "Av. Gov. Edmundo Pinto, N. 960, Apto 0102, BL 04 (Fundos)")
    assert found.words == {
        "road": "Av. Gov. Edmundo Pinto",
        "number": "N. 960",
        "room": "Apto 0102",
        "building": "BL 04",
    }
    assert found.asides == ("Fundos",)
    assert read("TW", "臺北市大安區仁愛路四段１０１號５樓之２").words["room"] == "５樓之２"


HONG_KONG = {
    "北角英皇道 101 號 3 樓 A 室 (銀主盤)": {"road": "英皇道", "number": "101", "floor": "3", "room": "3A"},
    "沙田第一城 12 座 8 樓 C 室": {"compound": "第一城", "building": "12", "floor": "8", "room": "8C"},
    "九龍旺角彌敦道 610 號 15 樓 B 室（銀主盤）": {"road": "弥敦道", "number": "610", "floor": "15", "room": "15B"},
    "荃灣荃威花園 A 座 10 樓": {"compound": "荃威花园", "building": "A", "floor": "10"},
    "元朗錦綉花園 L 段第八街 22 號屋": {"compound": "锦绣花园", "block": "L", "road": "第八街", "number": "22"},
    "深水埗福華街 101 號地下": {"road": "福华街", "number": "101", "floor": "G"},
    "西貢孟公屋 8 號全幢": {"compound": "孟公屋", "number": "8"},
    "荃灣中心 南寧樓（16座）１２樓B室": {"compound": "荃湾中心", "building": "16", "floor": "12", "room": "12B"},
    "美孚新邨 4期 百老匯街97-99號 12樓 B室": {
        "compound": "美孚新村", "phase": "4", "road": "百老汇街", "number": "97-99", "floor": "12", "room": "12B",
    },
    "將軍澳 日出康城 2期B 領凱 5座 30樓 G室": {
        "compound": "日出康城", "phase": "2B", "building": "5", "floor": "30", "room": "30G",
    },
    "2期A 領都 3座 (左翼) 10樓A室": {
        "compound": "领都", "phase": "2A", "building": "3", "unit": "左", "floor": "10", "room": "10A",
    },
    "觀塘成業街6號 十二樓 1203室": {"road": "成业街", "number": "6", "floor": "12", "room": "1203"},
    "Flat C, 10/F, Tower 2, Block B, Phase 1, City One Shatin": {
        "compound": "CITY ONE SHATIN", "phase": "1", "block": "B", "building": "2", "floor": "10", "room": "10C",
    },
    "Shop 12, G/F, Hing Wah Building, 123-125 Nathan Rd, Mong Kok": {
        "compound": "HING WAH BUILDING", "road": "NATHAN ROAD", "number": "123-125", "floor": "G", "room": "G12",
    },
    "House 12, Fairview Park": {"compound": "FAIRVIEW PARK", "room": "12"},
    "紅磡黃埔花園車位第P12號": {"compound": "黄埔花园", "parking": "P12"},
    "Car Parking Space No. 23, 2/F, Whampoa Garden": {"compound": "WHAMPOA GARDEN", "parking": "23", "floor": "2"},
    "元朗丈量約份第104約地段第123號": {"lot": "DD104 LOT123"},
}  # fmt: skip


@pytest.mark.parametrize("address", HONG_KONG)
def test_an_address_of_hong_kong_is_read_in_both_languages(address):
    assert told("HK", address) == HONG_KONG[address]


@pytest.mark.parametrize("band", ["高層", "中層", "低層", ""])
def test_a_flat_of_hong_kong_on_an_unknown_floor_is_an_unknown_room(band):
    found = read("HK", f"金禧花園 1座 {band} E室")
    assert (found.parts.floor, found.parts.room) == (None, None)
    assert "E室" in found.asides


@pytest.mark.parametrize("extra", ["連車位", "連P12號車位", " WITH CAR PARK NO. 5"])
def test_a_parking_space_sold_with_a_flat_is_no_part_of_its_address(extra):
    assert told("HK", f"太古城 金星閣 10樓C室{extra}") == {
        "compound": "太古城",
        "building": "金星阁",
        "floor": "10",
        "room": "10C",
    }


@pytest.mark.parametrize("title", ["新界元朗錦田地段", "沙田九肚山峰单号屋"])
def test_a_place_without_a_number_in_hong_kong_tells_nothing(title):
    assert read("HK", None, title).parts == NO_PARTS


TAIWAN = {
    "新北市板橋區文化路１段１２３號５樓之２": {"road": "文化路1段", "number": "123", "floor": "5", "room": "5-2"},
    "台中市西屯區市政路500號十二樓之三": {"road": "市政路", "number": "500", "floor": "12", "room": "12-3"},
    "基隆路一段143號7樓之3": {"road": "基隆路1段", "number": "143", "floor": "7", "room": "7-3"},
    "高雄市三民區大昌二路100巷20弄3號7樓": {
        "road": "大昌二路", "lane": "100-20", "number": "3", "floor": "7", "room": "7",
    },
    "林森北路5巷8之2號": {"road": "林森北路", "lane": "5", "number": "8-2"},
    "林森北路5巷8號之2": {"road": "林森北路", "lane": "5", "number": "8-2"},
    "西寧南路36之30號": {"road": "西宁南路", "number": "36-30"},
    "苗栗縣苑裡鎮苑東里5鄰中華路12之3號": {"town": "苑东里", "road": "中华路", "number": "12-3"},
    "連江縣東引鄉東引西段 小段 1248號": {"lot": "东引西段1248"},
    "連江縣北竿鄉大坵段 小段 81-0001號": {"lot": "大坵段81-1"},
    "臺北市大安區通化段 五小段 449號": {"lot": "通化段5小段449"},
    "新北市中和區中山段二小段 01234-000建號": {"lot": "中山段2小段1234建"},
    "彰化縣員林市市府段12地號 (權利範圍 6分之1)": {"lot": "市府段12", "share": "1/6"},
    "臺中市北區中清段1234、1235及1240-2地號": {
        "unit_count": 3, "members": ("中清段1234", "中清段1235", "中清段1240-2"),
    },
    "基隆路一段143號7樓之3、之4": {
        "road": "基隆路1段", "number": "143", "floor": "7", "unit_count": 2, "members": ("7-3", "7-4"),
    },
}  # fmt: skip


@pytest.mark.parametrize("address", TAIWAN)
def test_homes_and_land_of_taiwan_are_read(address):
    assert told("TW", address) == TAIWAN[address]


def test_a_cellar_in_taiwan_is_a_floor_and_no_home():
    address = "仁愛路四段101號地下三樓"
    assert told("TW", address) == {"road": "仁爱路4段", "number": "101", "floor": "B3"}


def test_a_lot_of_several_parcels_is_counted_by_its_title():
    address = "連江縣東引鄉東引西段 小段 1248號"
    assert told("TW", address, f"{address} 等5筆") == {"lot": "东引西段1248", "unit_count": 5}


def test_a_kind_of_house_in_a_town_is_no_address():
    assert read("TW", None, "苗栗縣苑裡透天厝").parts == NO_PARTS


def test_every_row_of_the_taiwanese_courts_is_told_apart_by_its_parts():
    with (FIXTURES / "tw_judicial/weekly_rows/28-rows-of-two-weeks/input.csv").open(encoding="utf-8") as file:
        places = {row["location"] for row in csv.DictReader(file)}
    parts = {read("TW", place).parts for place in places if "未登記" not in place}
    assert len(parts) == len([place for place in places if "未登記" not in place]) == 22
    assert all(found.lot or found.number for found in parts)


KOREA = {
    "서울특별시 강남구 역삼동 123-45 래미안아파트 101동 12층1203호": {
        "town": "역삼동", "lot": "123-45", "compound": "래미안아파트",
        "building": "101", "floor": "12", "room": "1203",
    },
    "경기도 포천시 중앙로119번길 4 1동 2층201호 (신읍동,예원프라자)": {
        "road": "중앙로119번길", "number": "4", "compound": "예원프라자", "building": "1", "floor": "2", "room": "201",
    },
    "경기도 평택시 이충동 457-21 고덕시티 1층101호": {
        "town": "이충동", "lot": "457-21", "compound": "고덕시티", "floor": "1", "room": "101",
    },
    "경기도 부천시 소사구 옥길동 744-5 라피에스타큐브이주건축물제1동 3층 301호": {
        "town": "옥길동", "lot": "744-5", "compound": "라피에스타큐브", "building": "1", "floor": "3", "room": "301",
    },
    "경기도 파주시 해올1길 31 지1층비15호 (다율동,이타워2)": {
        "road": "해올1길", "number": "31", "compound": "이타워2", "floor": "B1", "room": "비15",
    },
    "경기도 평택시 용이동 598-5 동산메디컬 1층102비호": {
        "town": "용이동", "lot": "598-5", "compound": "동산메디컬", "floor": "1", "room": "102비",
    },
    "경기도 화성시 새솔동 송산그린시티104블럭01-0401 봄프라자 1동 4층401호": {
        "lot": "송산그린시티104블럭1-401", "compound": "봄프라자", "building": "1", "floor": "4", "room": "401",
    },
    "경기도 양주시 장흥면 가마골로258번길 51-16 (제1동)": {
        "road": "가마골로258번길", "number": "51-16", "building": "1",
    },
    "경기도 평택시 포승읍 내기리 23-5": {"town": "내기리", "lot": "23-5"},
    "경기도 파주시 탄현면 산 12-3": {"town": "탄현면", "lot": "산12-3"},
    "서울특별시 중구 남대문로5가 526 대우 1층 101호, 102호": {
        "town": "남대문로5가", "lot": "526", "compound": "대우", "floor": "1",
        "unit_count": 2, "members": ("101", "102"),
    },
}  # fmt: skip


@pytest.mark.parametrize("address", KOREA)
def test_lots_of_the_korean_courts_are_read_by_parcel_or_street(address):
    assert told("KR", address) == KOREA[address]


def test_every_korean_shop_is_told_apart_from_its_neighbours():
    folder = FIXTURES / "kr_courtauction/daily_table/one-look-2026-07-11"
    rows = map(json.loads, (folder / "input.jsonl").read_text(encoding="utf-8").splitlines())
    places = {" ".join(row["address"].split()) for row in rows}
    assert len({read("KR", place).parts for place in places}) == len(places) > 10


FLORIDA = {
    "2600 SW 14TH DR": {"number": "2600", "road": "SW 14 DR"},
    "200 GLENNES LN # 208": {"number": "200", "road": "GLENNES LN", "room": "208"},
    "290 174 ST 1111": {"number": "290", "road": "174 ST", "room": "1111"},
    "24862 US HIGHWAY 19 N # 1504": {"number": "24862", "road": "US HWY 19 N", "room": "1504"},
    "9860 THOMAS DR S L15": {"number": "9860", "road": "THOMAS DR S", "room": "L15"},
    "2007 KEITH ST APT 1": {"number": "2007", "road": "KEITH ST", "room": "1"},
    "9369 FONTAINEBLEAU BLVD J-209": {"number": "9369", "road": "FONTAINEBLEAU BLVD", "room": "J209"},
    "406 VANCOUVER DR 32507": {"number": "406", "road": "VANCOUVER DR"},
    "11431 CR 121": {"number": "11431", "road": "CR 121"},
    "2090 W FIRST ST E705": {"number": "2090", "road": "W 1 ST", "room": "E705"},
    "8BOYD PL": {"number": "8", "road": "BOYD PL"},
    "12086-12088 NW 33 ST": {"number": "12086-12088", "road": "NW 33 ST"},
    "626 BIRD BAY DR S 201 BLD 47": {"number": "626", "road": "BIRD BAY DR S", "room": "201", "building": "47"},
}


@pytest.mark.parametrize("address", FLORIDA)
def test_addresses_of_florida_are_read(address):
    assert told("US", address) == FLORIDA[address]


@pytest.mark.parametrize(
    "text",
    [
        "Property Appraiser",
        "PROPERTY APPRAISER",
        "MULTIPLE PARCELS",
        "TIMESHARE",
        "NO SITUS",
        "PANAMA CITY BEACH, FL- 32407",
    ],
)
def test_words_in_place_of_an_address_in_florida_tell_nothing(text):
    assert read("US", text).parts == NO_PARTS
    assert read("US", None, text).parts == NO_PARTS


def test_a_house_without_a_number_in_florida_has_a_street_alone():
    assert told("US", "0 PIPIT AVE") == told("US", "PIPIT AVE") == {"road": "PIPIT AVE"}


@pytest.mark.parametrize(
    ("cut", "expected"),
    [
        ("2500 WINDING CREEK BLVD # F-10", {"number": "2500", "road": "WINDING CREEK BLVD"}),
        ("2000 FORREST NELSON BLVD -UNIT", {"number": "2000", "road": "FORREST NELSON BLVD"}),
        ("701 N FORT LAUDERDALE BEACH BL", {"number": "701"}),
    ],
)
def test_what_the_cut_at_thirty_characters_went_through_is_unknown(cut, expected):
    assert len(cut) == 30
    assert told("US", cut) == expected


def test_two_houses_in_one_florida_address_are_neither_of_them():
    assert read("US", "311 N HOLLYWOOD AVE & 313").parts == NO_PARTS


UKRAINE = [
    ("Квартира загальною площею 52,4 кв.м", "вул. Київська, 10, кв. 5",
     {"road": "ВУЛИЦЯ КИЇВСЬКА", "number": "10", "room": "5"}),
    ("Квартира № 12 площею 52,4 кв.м, просп. Перемоги, буд. 15-А, корп. 2", None,
     {"road": "ПРОСПЕКТ ПЕРЕМОГИ", "number": "15А", "building": "2", "room": "12"}),
    ("1/2 частини квартири", "бульвар Лесі Українки, 7Б",
     {"road": "БУЛЬВАР ЛЕСІ УКРАЇНКИ", "number": "7Б", "share": "1/2"}),
    ("Земельна ділянка 0,1 га, кадастровий номер 3210300000:05:012:0034", None, {"lot": "3210300000:05:012:0034"}),
    ("Машиномісце №15", "вул. Садова, 3", {"road": "ВУЛИЦЯ САДОВА", "number": "3", "parking": "15"}),
    ("Квартира 52,4 кв.м", None, {}),
]  # fmt: skip


@pytest.mark.parametrize(("title", "address", "expected"), UKRAINE)
def test_ukrainian_addresses_are_completed_by_their_titles(title, address, expected):
    assert told("UA", address, title) == expected


GREECE = {
    "οδός Αρχελάου αριθμ. 25, Κοζάνη": {"road": "ΑΡΧΕΛΑΟΥ", "number": "25"},
    "Λεωφόρος Κηφισίας 125-127, Ψυχικό, Δήμος Αθηναίων": {"road": "ΚΗΦΙΣΙΑΣ", "number": "125-127"},
    "Βασιλέως Κωνσταντίνου 50, Άρτα": {"road": "ΒΑΣΙΛΕΩΣ ΚΩΝΣΤΑΝΤΙΝΟΥ", "number": "50"},
    "Δημοκρατίας 38, Νέα Αλικαρνασσός, Ηράκλειο Κρήτης": {"road": "ΔΗΜΟΚΡΑΤΙΑΣ", "number": "38"},
    "θέση «ΧΑΝΙΑ», κτηματική περιφέρεια Τοπικής Κοινότητας Δαμασίου": {},
    "ΘΩΜΑΪΔΗ – Ο.Τ. 539Α, Φάρσαλα": {"block": "ΟΤ539Α"},
    "Δήμος Αχαρνών Αττικής, επί των οδών Σάμου και Κοσμά Αιτωλού αριθ. 29": {},
}


@pytest.mark.parametrize("address", GREECE)
def test_greek_addresses_tell_a_house_at_most(address):
    assert told("GR", address) == GREECE[address]


def test_no_greek_lot_tells_the_home_by_which_its_false_price_drop_was_claimed():
    groups = json.loads((FIXTURES / "mappings/greece-eauction24/drops_2026-07-24.json").read_text(encoding="utf-8"))
    assert groups
    for group in groups:
        for lot in group["rounds"]:
            parts = read("GR", group["address"], lot["title"]).parts
            assert (parts.room, parts.floor, parts.lot, parts.parking) == (None, None, None, None)


@pytest.mark.parametrize("country", ["BR", "GR", "HK", "KR", "TW", "UA", "US", "XX", ""])
@pytest.mark.parametrize("text", [None, "", " ", "-"])
def test_nothing_told_is_nothing_known(country, text):
    assert read_abroad(country, text, text, None, None).parts == NO_PARTS


def test_rows_of_the_brazilian_list_tell_a_home_or_a_house_but_for_one_in_twenty():
    addresses = []
    for case in ("eleven-columns-2026-01-08", "twelve-columns-2026-07-21", "ids-destroyed-by-a-spreadsheet-2025-07"):
        text = (FIXTURES / "br_caixa/list" / case / "input.csv").read_text(encoding="latin-1")
        rows = [line.split(";") for line in text.splitlines()]
        addresses += [row[4].strip() for row in rows if len(row) > 10 and row[1].strip() == "SP"]
    levels = Counter(level(read("BR", address).parts) for address in addresses)
    assert len(addresses) > 100
    assert levels["none"] <= len(addresses) / 20


def level(parts):
    if parts.room or parts.lot:
        return "home"
    return "house" if parts.road and parts.number else "none"
