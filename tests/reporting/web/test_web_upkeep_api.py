"""The endpoints of sources, watches and decisions against their own description, with what Schemathesis thinks of."""

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

Site = Callable[..., TestClient]
CHECKS = [not_a_server_error, status_code_conformance, response_schema_conformance]
OURS = "^/api/v1/(sources|watches|outbox|doubtful-pairs|decisions)"
THOROUGHLY = settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def try_operation(operation: Any) -> None:
    @THOROUGHLY
    @given(case=operation.as_strategy())
    def check(case: Any) -> None:
        case.call_and_validate(headers={"host": "testserver"}, checks=CHECKS)

    check()


def test_every_answer_is_one_that_the_description_knows(own_site: Site):
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", own_site().app, headers={"host": "testserver"})
    operations = [found.ok() for found in schema.include(path_regex=OURS).get_all_operations()]
    operations = [each for each in operations if each.label != "POST /api/v1/decisions"]
    for operation in operations:
        try_operation(operation)
    assert len(operations) == 11


@pytest.mark.parametrize("path", ["/api/v1/watches", "/api/v1/sources", "/api/v1/doubtful-pairs", "/api/v1/outbox"])
def test_the_description_names_every_endpoint(site: TestClient, path: str):
    assert path in site.get("/api/v1/openapi.json").json()["paths"]
