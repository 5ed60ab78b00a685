"""Brazilian addresses, as CAIXA writes them: ``AVENIDA BRASIL, N. 1201, Apto 102, BL 04, LT 05 QD 16``.

Canonical: upper case without accents. Bloco and torre are the building, an access or wing (acesso, ala) the unit;
apartment, house of a condominium, shop and office are the room. Land is quadra and lote together (``QD16 LT5``); a
quadra alone is a block, for many homes lie in it. A street that has no name yet (``RUA PROJETADA``) is unknown.
"""

import re

from tracking.address.findings import ASIDE, Findings, without_zeros
from tracking.address.parts import Address

FOLDED = str.maketrans(
    "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýº°ª²–—\t\r\n\xa0",
    "AAAAAACEEEEIIIINOOOOOUUUUYAAAAAACEEEEIIIINOOOOOUUUUYOOA2--    ",
) | {ord(small): ord(small.upper()) for small in "abcdefghijklmnopqrstuvwxyz"}

# The words before a value, by the part that it is of.
KEYWORDS = {
    "room": "APARTAMENTO APTO APT AP UNIDADE UNID UND UN CASA CS SOBRADO DUPLEX LOJA LJ SALA SL FLAT",
    "building": "BLOCO BLC BL TORRE TR T PREDIO",
    "unit": "ACESSO ENTRADA ALA ESCADA",
    "quadra": "QUADRA QDA QD Q",
    "lote": "LOTES LOTE LTE LTS LT L DATA",
    "plot": "CHACARA CHAC CHA CH",
    "gleba": "GLEBA GLB GL",
    "area": "AREA",
    "conjunto": "CONJUNTO CONJ CJ",
    "parking": "VAGAS VAGA VGS VG GARAGEM BOX",
    "floor": "PAVIMENTO PAVTO PAV PV ANDAR",
}
PART_OF_WORD = {word: part for part, words in KEYWORDS.items() for word in words.split()}
# Grouped by their first letters: half the time of a plain list.
WORDS = "|".join(
    f"{first}(?:{'|'.join(word[1:] or '(?= ?[0-9])' for word in PART_OF_WORD if word[0] == first)})"
    for first in dict.fromkeys(word[0] for word in PART_OF_WORD)
)
STOREYS = "TERREO|SUPERIOR|INFERIOR|SUBSOLO"
# A value is a number with what is joined to it, a letter with a number, or a letter before a break or the next word:
# "APTO 87B", "LT 03-A", "LOTE 01E02", "LT 16 A QD L", "LOTES 01 AO 20", "BL B13", "TR III", "QD S LT 09".
NEXT_WORD = (
    r"(?:APTO?|AP|BL|BLOCO|TR|TORRE|QD|QUADRA|LTS?|LOTES?|CS|CASA|VG|VAGA|PAV|GL|CHACARA|CH|CJ|UN|ED|COND|RUA|TERREO)"
    r"(?![A-Z])"
)
BREAK = rf" *(?:$|[,;.()/-]|{NEXT_WORD})"
VALUE = (
    r"(?:[A-Z]{1,2}-?|[A-Z] )?[0-9]{1,6}"
    r"(?:[A-Z]{1,2}(?![A-Z])[0-9]{0,4})?(?:[/-] ?(?:[0-9]{1,4}[A-Z]?|[A-Z][0-9]{0,3})(?![A-Z0-9])){0,6}"
    rf"(?: [A-DF-Z](?= {NEXT_WORD}|,|$)| (?:AO|A|E) [0-9]{{1,4}}(?![0-9A-Z]))?"
    rf"(?![0-9.,]{{0,9}} ?M2)|(?:[A-Z]|[IVX]{{2,5}})(?={BREAK})"
    # A, E and O are words as well; behind the short words they are not.
    r"|(?:[B-DF-NP-Z]|(?<=CS |BL |LT |QD |TR )A)(?= [A-Z])"
    rf"|(?:FUNDOS|FRENTE|BASE|{STOREYS})(?![A-Z])"
)
ITEM = re.compile(
    rf"\b(?:(?P<word>{WORDS})"
    rf"(?:(?![A-Z])|(?<=BL|QD|LT)(?=[A-Z]{BREAK}))(?: DE)?(?: GARAGEM| GAR| TERRAS?)?"
    rf"(?:[ .]?N[ORUM]{{0,3}}(?=[. ]{{0,2}}[0-9]))?[ .:-]{{0,3}}(?P<value>{VALUE})"
    rf"|(?P<storey>[0-9]{{1,2}}) ?[OA]? ?(?:PAVIMENTO|PAVTO|PAV|PV|ANDAR)(?![A-Z])|(?P<named>{STOREYS})(?![A-Z]))"
)
UP_TO = re.compile(r" (?:AO|A|E) (?=[0-9])")
MORE_LOTES = re.compile(r"(?:(?: ?, ?| E )[0-9]{1,4}(?:-?[A-Z])?(?![A-Z0-9]| ?[OA]? ?(?:PAV|PV|ANDAR))){1,20}")
LOTE_IN_LIST = re.compile("[0-9]{1,4}(?:-?[A-Z])?")
JOINED_LETTER = re.compile(r"[/-](?=[A-Z])|(?<=[A-Z])-")
ROAD_BEFORE = ("RUA", "AVENIDA", "ESTRADA", "TRAVESSA", "ALAMEDA")

KIND_OF_WORD = {
    "AV": "AVENIDA", "AVE": "AVENIDA", "AVENIDA": "AVENIDA", "R": "RUA", "RU": "RUA", "RUA": "RUA", "EST": "ESTRADA",
    "ESTR": "ESTRADA", "ESTRADA": "ESTRADA", "ROD": "RODOVIA", "RODOVIA": "RODOVIA", "AL": "ALAMEDA",
    "ALAMEDA": "ALAMEDA", "TV": "TRAVESSA", "TRAV": "TRAVESSA", "TRAVESSA": "TRAVESSA", "PC": "PRACA", "PCA": "PRACA",
    "PRACA": "PRACA", "VIA": "VIA", "BECO": "BECO", "VIELA": "VIELA", "PASSAGEM": "PASSAGEM", "LARGO": "LARGO",
    "SERVIDAO": "SERVIDAO", "LADEIRA": "LADEIRA", "CAMINHO": "CAMINHO", "VICINAL": "VICINAL", "RAMAL": "RAMAL",
}  # fmt: skip
LONG_FORMS = {
    "DR": "DOUTOR", "DRA": "DOUTORA", "PROF": "PROFESSOR", "PROFA": "PROFESSORA", "CEL": "CORONEL", "STA": "SANTA",
    "STO": "SANTO", "GOV": "GOVERNADOR", "ENG": "ENGENHEIRO", "PRES": "PRESIDENTE", "MAL": "MARECHAL",
    "CAP": "CAPITAO", "SGT": "SARGENTO", "TEN": "TENENTE", "GEN": "GENERAL", "DEP": "DEPUTADO", "VER": "VEREADOR",
    "DES": "DESEMBARGADOR", "PE": "PADRE", "SEN": "SENADOR", "MIN": "MINISTRO", "PREF": "PREFEITO",
    "BRIG": "BRIGADEIRO", "MAJ": "MAJOR", "COM": "COMENDADOR",
}  # fmt: skip
NAMELESS = {
    "PROJETADA",
    "SDO",
    "PRINCIPAL",
    "INTERNA",
    "PARTICULAR",
    "SN",
    "S/N",
    "SEM NOME",
    "SEM DENOMINACAO",
    "LOCAL",
}
FORMER_NAME = re.compile(r" (?:ANTIG[AO]|ESQUINA|ESQ|LADO|C/|P/).*| N[. ]+[0-9].*")
NUMBER = r"([0-9]{1,2}\.[0-9]{3}(?![0-9])|[0-9]{1,6}(?:[ -][0-9]{1,5}(?![0-9A-Z]))?(?: ?-? ?[A-Z](?![A-Z0-9]))?)"
SPACE_IN_NUMBER = re.compile(r"(?<=[0-9]) (?=[0-9])")
NAMED_NUMBER = re.compile(rf"[, ] *N(?:O|RO|UM)?[. ]{{1,3}}(?:{NUMBER}|S ?/? ?N(?![A-Z]))")
PLAIN_NUMBER = re.compile(rf" *(?:,| - ) *{NUMBER}(?= *(?:$|[,;-]))")
LATER_ROAD = re.compile(
    r"(?<![A-Z0-9])(?:RUA|AVENIDA|AV\.?|R\.?|ESTRADA|RODOVIA|ALAMEDA|TRAVESSA) ?[A-Z0-9][^,;()]{0,60}"
)
NAMED_BLOCK = re.compile(
    rf"\b(?:BLOCO|BLC|BL|TORRE|TR)\.? ((?!TIPO|{STOREYS})[A-Z]{{3,20}}(?: [A-Z]{{1,20}}){{0,3}}?)(?={BREAK})"
)
COMPLEMENT = re.compile(r" *, *([A-Z]?[0-9]{1,4}[A-Z]?|[A-DF-Z]) *(?=,|$)")
UNNAMED_BLOCK = re.compile(r"\bAPTO? [0-9]{1,5} *, *([A-Z]?[0-9]{1,3}[A-Z]?|[A-DF-Z]) *(?=,|$)")
COMPOUND = re.compile(
    r"(?<![A-Z])(?:(?:CONDOMINIO|COND|EDIFICIO|EDIF|ED|RESIDENCIAL|RESID|RES)[. ]{1,2}){1,3}"
    rf"([A-Z0-9][A-Z0-9 .']{{1,40}}?)(?={BREAK})"
)
SHARE = re.compile(
    r"(?<![0-9,.])([1-9][0-9]?) ?%(?= *(?:-|D[AO]S? (?:IMOVE|APARTAMENTO|APTO|CASA|TERRENO|DIREITO|BOX)))"
)


def read_brazil(title: str | None, address: str | None) -> Address:
    """The parts of a Brazilian address; of its title where there is none. A share is told by the title."""
    found = Findings(address or title or "")
    text = found.text.translate(FOLDED)
    if "(" in text:
        found.asides = tuple(match[1].strip() for match in ASIDE.finditer(found.text))
    end = read_items(text, found)
    read_street(text, end, found, is_address=bool(address))
    read_names(text, max(text.find(","), 0), found)
    if title and "%" in title and (match := SHARE.search(title.translate(FOLDED))):
        found.put_share(int(match[1]), 100, match[0])
    return found.address()


def read_names(text: str, after: int, found: Findings) -> None:
    """A building or a compound that has a name."""
    if "building" not in found.values and (match := NAMED_BLOCK.search(text, after)):
        found.put("building", match[1], *match.span())
    if ("COND" in text or "ED" in text or "RES" in text) and (match := COMPOUND.search(text, after)):
        found.put("compound", " ".join(match[1].replace(".", " ").split()), *match.span())


def read_items(text: str, found: Findings) -> int:
    """Everything named by a word of its own, and the place where the first of them begins."""
    land: dict[str, tuple[str, int, int]] = {}
    first = len(text)
    for match in ITEM.finditer(text):
        start, end = match.span()
        word = match["word"]
        if start < 12 and word and text[:start].rstrip().endswith(ROAD_BEFORE):  # "RUA LOTE 5" is a street
            continue
        first = min(first, start)
        part = PART_OF_WORD[word] if word else "floor"
        value = match["value"] or match["storey"] or match["named"]
        if " " in value:
            value = UP_TO.sub("/", value).replace(" ", "")
        value = without_zeros(value)
        if "-" in value or "/" in value:
            value = JOINED_LETTER.sub("", value)
        if value == "0":
            continue
        if part in {"room", "building", "unit"}:
            found.add(part, value, start, end)
        elif part in {"parking", "floor"}:
            found.put(part, value, start, end)
        elif part == "lote":
            add_lote(value, start, end, text, land)
        else:
            land.setdefault(part, (value, start, end))
    if land:
        put_land(land, found)
    return first


def add_lote(value: str, start: int, end: int, text: str, land: dict[str, tuple[str, int, int]]) -> None:
    """One lote, or several that make one plot: ``LTS 11, 12 E 14C``, ``LT 26 LT 27``."""
    values = [value]
    if more := MORE_LOTES.match(text, end):
        values += [JOINED_LETTER.sub("", without_zeros(other)) for other in LOTE_IN_LIST.findall(more[0])]
        end = more.end()
    if "lote" in land:
        known, start, _ = land["lote"]
        values = [*known.split("/"), *values]
    land["lote"] = ("/".join(dict.fromkeys(values)), start, end)


LAND_WORDS = {"gleba": "GL", "area": "AR", "quadra": "QD", "plot": "CH", "lote": "LT"}


def put_land(land: dict[str, tuple[str, int, int]], found: Findings) -> None:
    """Quadra and lote as one lot. A quadra without a lote holds many homes: a block. A conjunto lies in a quadra;
    without one it is a suite of offices.
    """
    if "conjunto" in land and "quadra" not in land:
        found.add("room", *land.pop("conjunto"))
    if "lote" in land or "plot" in land:
        names = [name for name in LAND_WORDS if name in land]
        start, end = min(land[name][1] for name in names), max(land[name][2] for name in names)
        found.put("lot", " ".join(f"{LAND_WORDS[name]}{land[name][0]}" for name in names), start, end)
        if "conjunto" in land:
            found.put("block", f"CJ{land['conjunto'][0]}", *land["conjunto"][1:])
    elif land:
        names = [name for name in (*LAND_WORDS, "conjunto") if name in land]
        value = " ".join(f"{LAND_WORDS.get(name, 'CJ')}{land[name][0]}" for name in names)
        found.put("block", value, min(each[1] for each in land.values()), max(each[2] for each in land.values()))


def read_street(text: str, first_item: int, found: Findings, *, is_address: bool) -> None:
    """The street before the first comma or item, else one named later (``QUADRA 68, N. S/N, LT 04, RUA 25``)."""
    comma = text.find(",")
    start, end = 0, min(first_item, comma if comma >= 0 else len(text))
    road = make_road(text[:end], needs_kind=not is_address)
    if road is None and (later := LATER_ROAD.search(text)):
        start, end = (
            later.start(),
            next((item.start() for item in ITEM.finditer(text, later.start(), later.end())), later.end()),
        )
        end = text.find(" - ", start, end) if " - " in text[start:end] else end
        road = make_road(text[start:end], needs_kind=True)
    found.put("road", road, start, end)
    match = (NAMED_NUMBER.search(text) if is_address else NAMED_NUMBER.match(text, end)) or PLAIN_NUMBER.match(
        text, end
    )
    if match:
        number = SPACE_IN_NUMBER.sub("-", match[1] or "0").replace(" ", "").replace(".", "")
        number = JOINED_LETTER.sub("", without_zeros(number))
        found.put("number", number if number != "0" else None, *match.span())
        read_complement(text, match.end(), number, found)


def read_complement(text: str, after: int, number: str, found: Findings) -> None:
    """What has no word for it: a home behind the number, a building behind a home ("Apto 203, 25")."""
    match = COMPLEMENT.match(text, after)
    value = without_zeros(match[1]) if match else "0"
    if match and value not in {"0", number} and "room" not in found.values:
        found.put("room", value, *match.span(1))
    if "building" not in found.values and (match := UNNAMED_BLOCK.search(text, after)):
        found.put("building", without_zeros(match[1]), *match.span(1))


def make_road(words: str, *, needs_kind: bool) -> str | None:
    """A street with its kind in full; ``None`` where it has no name, or none of the kinds and needs one."""
    if "(" in words:
        words = ASIDE.sub(" ", words)
    if " ATUAL " in words:  # "RUA SDO (208) ATUAL FRANCISCA GURGEL"
        words = f"{words.split()[0]} {words.rpartition(' ATUAL ')[2]}"
    tokens = FORMER_NAME.sub("", words).replace(".", " ").replace("-", " ").split()
    kind = KIND_OF_WORD.get(tokens[0]) if tokens else None
    if kind is None and (needs_kind or not tokens):
        return None
    while tokens and KIND_OF_WORD.get(tokens[0]) == kind is not None:  # "RUA RUA 15"
        tokens.pop(0)
    name = " ".join(LONG_FORMS.get(token, token) if len(token) < 6 else token for token in tokens)
    if not name or name in NAMELESS:
        return None
    return without_zeros(f"{kind} {name}" if kind else name)
