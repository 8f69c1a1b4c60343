"""The server: one page, its scripts, its style and one connection a page; it serves nothing from the disk."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Future
from contextvars import copy_context
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from exportsim.language import text
from exportsim.live.messages import MOST_BYTES, RefusedMessageError, read
from exportsim.live.security import HEADERS, Door, Pace
from exportsim.live.shell import PARTS, content, shell

if TYPE_CHECKING:
    import socket

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from exportsim.live.session import Live, Session  # which take longest to be read: the page is served before

MOST_SESSIONS = 40  # pages that are open at once
MOST_UNSENT = 64  # messages that a page has not taken yet
A_SECOND, AT_ONCE = 40, 120  # messages of one page
WRONG_A_SECOND, WRONG_AT_ONCE = 5, 20  # requests without the token, of all together
REFUSED, BUSY, TOO_SLOW = 1008, 1013, 1011  # why a connection is closed


def application(live: Future[Live], door: Door) -> ASGIApp:
    """What is served for a scenario, behind the door: the page before anything plays, which waits for that."""
    sessions: set[Session] = set()
    wrong = Pace(WRONG_A_SECOND, WRONG_AT_ONCE)

    async def page(request: Request) -> Response:
        fresh = door.opened_by_query(request.url.query)
        if not fresh and not door.opened_by_cookie(request.headers.get("cookie")):
            status = 403 if wrong.allows() else 429
            return PlainTextResponse(text("live.server.closed") + "\n", status)
        headers = {"set-cookie": door.set_cookie()} if fresh else None
        return Response(shell(), media_type="text/html", headers=headers)

    async def part(request: Request) -> Response:
        name = request.url.path.removeprefix("/")
        return Response(content(name), media_type=PARTS[name])

    async def connected(socket: WebSocket) -> None:
        headers = socket.headers
        known = door.knows_origin(headers.get("origin"), headers.get("host"))
        if not known or not door.opened_by_cookie(headers.get("cookie")):
            await socket.close(REFUSED)  # before it is accepted: the browser sees a refusal, 403
            return
        await socket.accept()
        if len(sessions) >= MOST_SESSIONS:
            await socket.close(BUSY, text("live.server.too_many_pages"))
            return
        unsent = Unsent()
        session = await session_of(live, unsent)
        with entered(session, sessions):
            await until_either(heard(socket, session), told(socket, unsent))

    routes = [Route("/", page), *(Route(f"/{name}", part) for name in PARTS), WebSocketRoute("/live", connected)]
    return Guard(Starlette(routes=routes), door)


async def session_of(live: Future[Live], unsent: Unsent) -> Session:
    """A session, as soon as there is something that plays; whoever waits no longer ends that for nobody else."""
    ready = await asyncio.shield(asyncio.wrap_future(live))
    from exportsim.live.session import Session

    return Session(ready, unsent.put)


class Guard:
    """Refuses what is not meant for this server, and says to the browser what a page of it may do."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI calls it."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        hosts = Headers(scope=scope).getlist("host")
        if len(hosts) == 1 and self._door.knows_host(hosts[0]):
            await self._app(scope, receive, with_headers)
        elif scope["type"] == "websocket":
            await WebSocket(scope, receive, send).close(REFUSED)
        else:
            await PlainTextResponse(text("live.server.wrong_host") + "\n", 421)(scope, receive, with_headers)


class Unsent:
    """What a page is to be told, in order; whoever does not take it is cut off rather than waited for."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Queue[str | None] = asyncio.Queue()

    def put(self, message: Mapping[str, Any]) -> None:
        """Add a message, from any thread."""
        written = json.dumps(message, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        with contextlib.suppress(RuntimeError):  # the server has ended
            self._loop.call_soon_threadsafe(self._add, written)

    def _add(self, written: str) -> None:
        if self._waiting.qsize() < MOST_UNSENT:
            self._waiting.put_nowait(written)
        else:
            while not self._waiting.empty():
                self._waiting.get_nowait()
            self._waiting.put_nowait(None)

    async def next(self) -> str | None:
        """The next message; None if there are too many."""
        return await self._waiting.get()


@contextlib.contextmanager
def entered(session: Session, sessions: set[Session]) -> Iterator[None]:
    """Within, a page is open; then it is forgotten."""
    sessions.add(session)
    try:
        session.enter()
        yield
    finally:
        session.leave()
        sessions.discard(session)


async def heard(socket: WebSocket, session: Session) -> None:
    """Hear a page until it goes, or says what no page of ours says."""
    pace = Pace(A_SECOND, AT_ONCE)
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        try:
            if not pace.allows():
                raise RefusedMessageError("found more messages than a page sends")
            session.hear(read(message.get("text") or ""))
        except RefusedMessageError:
            await socket.close(REFUSED, text("live.server.refused"))
            return


async def told(socket: WebSocket, unsent: Unsent) -> None:
    """Tell a page all that it is to be told."""
    while (message := await unsent.next()) is not None:
        await socket.send_text(message)
    await socket.close(TOO_SLOW)


async def until_either(*tasks: Coroutine[Any, Any, None]) -> None:
    """Wait until one of several is done, and end the others."""
    running = [asyncio.ensure_future(task) for task in tasks]
    try:
        await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)  # a page that is gone cannot be told anything


class Server(uvicorn.Server):
    """Serves until it is interrupted, and then ends at once."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ctrl-C is an exception here as everywhere: open pages are not waited for."""
        yield

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve; at the end, connections that are cut are no mistake to be told."""
        try:
            await super().serve(sockets)
        except asyncio.CancelledError:
            logging.getLogger("uvicorn.error").disabled = True
            raise


def server_of(live: Future[Live], door: Door) -> Server:
    """The server of a scenario, with what it may cost."""
    config = uvicorn.Config(
        application(live, door),
        log_config=None,
        access_log=False,  # the address has the token
        log_level="error",
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        ws_max_size=MOST_BYTES,
        ws_max_queue=8,
        limit_concurrency=4 * MOST_SESSIONS,
        h11_max_incomplete_event_size=16_384,
        timeout_keep_alive=5,
    )
    return Server(config)


def serve(make: Callable[[], Live], door: Door, listening: socket.socket) -> None:
    """Serve until Ctrl-C; what plays is made meanwhile, in a thread of its own.

    Raises
    ------
    Exception
        Whatever making it ended with.
    """
    live: Future[Live] = Future()
    server = server_of(live, door)

    def begin() -> None:
        try:
            made = make()
            made.start()
        except BaseException as error:  # told by whoever serves
            live.set_exception(error)
            server.should_exit = True
        else:
            live.set_result(made)

    threading.Thread(target=copy_context().run, args=[begin], name="begin", daemon=True).start()
    asyncio.run(server.serve(sockets=[listening]))
    if live.done():
        live.result()
