"""A header on every reply that keeps the page from asking other hosts for anything, whatever text got into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio needs its own scripts inline; what matters is that nothing comes from, or goes to, anywhere else.
POLICY = "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval'; form-action 'self'; base-uri 'self'"


class Guard:
    """ASGI middleware that adds the Content-Security-Policy."""

    def __init__(self, app: ASGIApp) -> None:
        """Args: the application that it stands before."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add the header to its reply."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (b"content-security-policy", POLICY.encode())]
            await send(message)

        await self._app(scope, receive, guarded)
