"""What tests of the companion's side of the server share."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
from fastapi import FastAPI

EXTENSION = "chrome-extension://noggbpdogbpmpjijdhnmncbajgdgkack"
NOON = datetime(2026, 9, 1, 4, tzinfo=UTC)  # in China


class Client:
    """Asks an application, without a network."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.request("GET", path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        return self.request("POST", path, **more)


def as_extension(token: str) -> dict[str, str]:
    """The headers with which the companion asks."""
    return {"Origin": EXTENSION, "Authorization": f"Bearer {token}"}
