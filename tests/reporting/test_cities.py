"""The database leaves out no name that people would take for the city they asked for."""

import pytest
from sqlalchemy import Engine, select
from store_help import begin, look, record_all, statement

from reporting.cities import may_be_in
from reporting.filters import fold_place
from store.engine import reading
from store.rows import OBSERVATION

NAMES = [
    *("合肥市", "合肥", " 合肥市 ", "合肥市\t", "\u3000合肥市", "合肥市\u00a0", "合肥新区", "沙市", "沙市市", "市"),
    *("Campo Grande", "CAMPO GRANDE", "campo grande ", "Campo Grande do Sul", "São Paulo", "SAO PAULO"),
    *("Sa\u0303o Paulo", "平택시", "평택시", "ＣＡＭＰＯ ＧＲＡＮＤＥ", "Straße", "STRASSE", "\uf92d市", "來市"),
    *("[x]", "100%", "Ⅻ", "xii"),
]
ASKED = ["合肥", "合肥市", "沙市", "campo grande", "SAO PAULO", "São Paulo", "평택시", "strasse", "來市", "[X]", "100%"]


@pytest.mark.parametrize("asked", [*ASKED, "xii"])
def test_every_spelling_of_a_city_is_found_and_a_plain_other_name_is_not(engine: Engine, asked: str) -> None:
    begin(engine)
    record_all(engine, [look(0, {str(number): statement(title=name, city=name) for number, name in enumerate(NAMES)})])
    with reading(engine) as connection:
        condition = may_be_in(connection, OBSERVATION.c.city, [asked])
        found = set(connection.execute(select(OBSERVATION.c.title).where(condition)).scalars())
        stored = set(connection.execute(select(OBSERVATION.c.title)).scalars())

    same = {name for name in stored if fold_place(name) == fold_place(asked)}
    assert same
    assert same <= found
    assert "合肥新区" not in found
    assert "Campo Grande do Sul" not in found
