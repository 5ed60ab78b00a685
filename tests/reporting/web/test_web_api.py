"""The API against its own description, with whatever Schemathesis thinks of."""

from dataclasses import replace

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error

from reporting.web.app import create_app
from reporting.web.settings import Settings

OPERATIONS = (
    "GET /api/v1/homes",
    "GET /api/v1/homes/{name}",
    "POST /api/v1/decisions",
    "GET /api/v1/statistics",
    "GET /api/v1/statistics/{name}",
)


@pytest.fixture(scope="module")
def schema(recorded_settings: Settings) -> schemathesis.BaseSchema:
    """The description of a server for reading only: no example may change what other tests read."""
    app = create_app(replace(recorded_settings, is_read_only=True))
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


def test_the_description_has_all_operations_and_no_page(schema: schemathesis.BaseSchema):
    found = {each.ok().label for each in schema.get_all_operations()}
    assert set(OPERATIONS) <= found
    assert all(each.split()[1].startswith("/api/v1/") for each in found)


@pytest.mark.parametrize("label", OPERATIONS)
def test_no_question_makes_the_server_fail_and_every_answer_is_described(schema: schemathesis.BaseSchema, label: str):
    (operation,) = (each.ok() for each in schema.get_all_operations() if each.ok().label == label)
    described = {int(status) for status in operation.definition.raw["responses"]}

    @given(case=operation.as_strategy())
    @settings(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: schemathesis.Case) -> None:
        answer = case.call()
        case.validate_response(answer, checks=[not_a_server_error])
        assert answer.status_code in described
        assert answer.headers["content-type"][0].startswith("application/json")

    ask()
