"""The API against its own description, with whatever Schemathesis thinks of."""

import schemathesis
from hypothesis import HealthCheck, settings

from reporting.web.app import create_app
from reporting.web.settings import Settings


def test_every_answer_is_one_that_the_description_knows(recorded_settings: Settings):
    from dataclasses import replace

    app = create_app(replace(recorded_settings, is_read_only=True))
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, headers={"host": "testserver"})

    @schema.include(method=["GET", "POST"]).parametrize()
    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    def check(case: schemathesis.Case) -> None:
        answer = case.call(headers={"host": "testserver"})
        assert answer.status_code < 500 or answer.status_code == 503
        case.validate_response(answer, checks=[schemathesis.checks.not_a_server_error])

    for operation in schema.get_all_operations():
        operation.ok()
    del check
