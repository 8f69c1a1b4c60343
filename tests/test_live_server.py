"""The server of the live page: what opens it, what it refuses, what it says to browsers, and what it is told."""

from __future__ import annotations

import contextlib
import json
import re
import socket as sockets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from http.client import HTTPConnection
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

import exportsim as xs
from exportsim.commands.serve import size
from exportsim.errors import ExportsimError
from exportsim.language import catalogue
from exportsim.live import server
from exportsim.live.messages import MOST_BYTES, Open, RefusedMessageError, Set, read
from exportsim.live.security import HEADERS, Door, Pace, listening, token_for
from exportsim.live.server import AT_ONCE, MOST_UNSENT
from exportsim.live.session import Live, Session
from exportsim.live.shell import PARTS, SCRIPTS, SCRIPTS_OF_FILE, content, shell
from exportsim.live.words import WORDS

FILE = Path(__file__).parents[1] / "scenarios" / "quickstart.yaml"
PATIENCE = 600  # seconds: the engine may have to be compiled first
TOKEN = "a-token-of-the-tests"
WEBSOCKET = {
    "connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
}  # fmt: skip


@dataclass
class Answer:
    """What the server answers."""

    status: int
    headers: dict[str, str]
    text: str


@dataclass
class Client:
    """Asks a server that runs."""

    door: Door

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.door.port}"

    @property
    def opened(self) -> dict[str, str]:
        """What a page of it sends with each request."""
        return {"origin": f"http://{self.host}", "cookie": f"{self.door.cookie}={TOKEN}"}

    def ask(self, path: str, headers: Mapping[str, str] = {}, method: str = "GET") -> Answer:
        connection = HTTPConnection("127.0.0.1", self.door.port, timeout=20)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"host": self.host, **headers}.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        text = "" if answer.status == 101 else answer.read().decode()
        connection.close()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)

    def refuses(self, headers: Mapping[str, str]) -> bool:
        """Whether a connection is refused."""
        status = self.ask("/live", WEBSOCKET | dict(headers)).status
        assert status in (101, 403)
        return status == 403

    def page(self) -> ClientConnection:
        """A connection as a page has it."""
        cookie = {"cookie": self.opened["cookie"]}
        return connect(f"ws://{self.host}/live", origin=self.opened["origin"], additional_headers=cookie)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    made = Live(xs.load(FILE), "quickstart.yaml", futures=10, memory=1 << 26)
    made.start()
    yield made
    made.turns.end()


def ready(live: Live) -> Future[Live]:
    """It as it is waited for, once it is there."""
    made: Future[Live] = Future()
    made.set_result(live)
    return made


@pytest.fixture
def client(live: Live) -> Iterator[Client]:
    with listening("127.0.0.1", 0) as socket:
        door = Door("127.0.0.1", socket.getsockname()[1], TOKEN)
        serving = server.server_of(ready(live), door)
        thread = threading.Thread(target=serving.run, args=([socket],))
        thread.start()
        yield Client(door)
        serving.should_exit = True
        thread.join()


# The door


def test_the_page_is_opened_by_the_token_which_the_browser_then_keeps(client: Client) -> None:
    assert client.ask("/").status == 403
    for wrong in ("", "no", TOKEN[:-1], TOKEN + "x", "%C3%A9", f"{TOKEN}&token={TOKEN}"):
        assert client.ask(f"/?token={wrong}").status == 403
    opened = client.ask(f"/?token={TOKEN}")
    assert opened.status == 200 and opened.text == shell() and TOKEN not in opened.text
    assert opened.headers["set-cookie"] == f"{client.door.cookie}={TOKEN}; Path=/; HttpOnly; SameSite=Lax"
    again = client.ask("/", client.opened)
    assert again.status == 200 and "set-cookie" not in again.headers
    assert client.ask("/", {"cookie": f"{client.door.cookie}=another"}).status == 403


def test_the_page_is_there_before_anything_plays_and_waits_for_it(live: Live) -> None:
    making: Future[Live] = Future()
    with listening("127.0.0.1", 0) as socket:
        door = Door("127.0.0.1", socket.getsockname()[1], TOKEN)
        serving = server.server_of(making, door)
        thread = threading.Thread(target=serving.run, args=([socket],))
        thread.start()
        client = Client(door)
        assert client.ask("/", client.opened).status == 200
        with client.page() as gone, client.page() as page:
            gone.close()  # it waits no longer, and the other does
            with pytest.raises(TimeoutError):
                page.recv(timeout=0.3)
            making.set_result(live)
            assert json.loads(page.recv(timeout=60))["kind"] == "hello"
        serving.should_exit = True
        thread.join()


def test_what_goes_wrong_before_anything_plays_ends_the_server() -> None:
    def wrong() -> Live:
        raise ExportsimError("no engine")

    with listening("127.0.0.1", 0) as socket, pytest.raises(ExportsimError, match="no engine"):
        server.serve(wrong, Door("127.0.0.1", socket.getsockname()[1], TOKEN), socket)


def test_the_page_is_served_without_what_plays() -> None:
    """In a process of its own: what takes longest to be read is not needed for the page."""
    code = "import sys, exportsim.live.server; print({'numba', 'pandas', 'scipy'} & sys.modules.keys())"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert said.decode().strip() == "set()"


def test_guessing_is_slow(client: Client) -> None:
    answers = [client.ask(f"/?token={guess}").status for guess in range(60)]
    assert answers[0] == 403 and answers.count(429) > 20
    assert client.ask(f"/?token={TOKEN}").status == 200


@pytest.mark.parametrize("path", ["/", "/page.js", "/page.css", "/no", "/../pyproject.toml", "/%2e%2e/etc/passwd"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
def test_every_answer_says_what_a_page_may_do(client: Client, method: str, path: str) -> None:
    answer = client.ask(path, client.opened, method)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    served = method == "GET" and path in ("/", "/page.js", "/page.css")
    assert answer.status == (200 if served else 405 if path in ("/", "/page.js", "/page.css") else 404)
    assert "access-control-allow-origin" not in answer.headers
    assert (
        "unsafe" not in HEADERS["content-security-policy"]
        and "default-src 'none'" in answer.headers["content-security-policy"]
    )


@pytest.mark.parametrize("name", PARTS)
def test_script_and_style_are_those_installed(client: Client, name: str) -> None:
    answer = client.ask(f"/{name}")
    assert answer.text == content(name) and answer.headers["content-type"].startswith(PARTS[name])


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{}", "127.0.0.1", "127.0.0.1:1{}", "[::2]:{}", "a:{}:{}"]
)
def test_another_host_is_refused(client: Client, host: str) -> None:
    host = host.replace("{}", str(client.door.port))
    assert client.ask(f"/?token={TOKEN}", {"host": host}).status == 421
    assert client.refuses(client.opened | {"host": host, "origin": f"http://{host}"})


@pytest.mark.parametrize("host", ["127.0.0.1:{}", "localhost:{}", "LOCALHOST:{}", "[::1]:{}"])
def test_this_machine_has_several_names(client: Client, host: str) -> None:
    host = host.replace("{}", str(client.door.port))
    assert client.ask(f"/?token={TOKEN}", {"host": host}).status == 200


def test_served_to_other_machines_a_bare_address_is_known_and_no_foreign_name() -> None:
    door = Door("0.0.0.0", 80, TOKEN)
    assert (
        door.knows_host("192.0.2.7") and door.knows_host("[2001:db8::1]:80") and door.knows_host(sockets.gethostname())
    )
    assert not door.knows_host("evil.example") and not door.knows_host("192.0.2.7:81") and not door.knows_host(None)
    named = Door("192.0.2.7", 8000, TOKEN)
    assert named.knows_host("192.0.2.7:8000") and not named.knows_host("192.0.2.8:8000")
    assert named.address == f"http://192.0.2.7:8000/?token={TOKEN}" and TOKEN not in repr(named)


def test_who_lets_others_in_chooses_a_token() -> None:
    assert len(token_for("127.0.0.1", None)) == 32 and token_for("::1", None) != token_for("::1", None)
    assert token_for("0.0.0.0", TOKEN) == TOKEN
    for host in ("0.0.0.0", "192.0.2.7", "::"):
        with pytest.raises(ExportsimError, match=f"host: found {re.escape(host)}, .* expected a token"):
            token_for(host, None)
    for token in ("short", "fifteen-letters", "sixteen letters!", "; Domain=evil.example", "ü" * 20, "a" * 16 + "\n"):
        with pytest.raises(ExportsimError, match="token: found"):
            token_for("127.0.0.1", token)


def test_a_port_that_is_taken_is_said() -> None:
    with listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ExportsimError, match=f"127.0.0.1:{port}: the page cannot be served there"):
            listening("127.0.0.1", port)


# The connection


def test_a_connection_comes_from_the_page_and_knows_the_token(client: Client) -> None:
    with client.page() as page:
        assert json.loads(page.recv())["kind"] == "hello"
    opened, port = client.opened, client.door.port
    assert not client.refuses(opened)
    for origin in (
        "http://evil.example",
        "http://127.0.0.1:1",
        f"https://127.0.0.1:{port}",
        "null",
        f"http://localhost:{port}",
    ):
        assert client.refuses(opened | {"origin": origin})
    assert client.refuses({"cookie": opened["cookie"]})  # from no page at all
    assert client.refuses({"origin": opened["origin"]})
    for cookie in (f"{client.door.cookie}=no", f"exportsim-1={TOKEN}", client.door.cookie, "=;;=", f"token={TOKEN}"):
        assert client.refuses(opened | {"cookie": cookie})


def asked(number: int = 1, overrides: Any = (), **more: Any) -> str:
    setting = {"overrides": list(overrides), "policies": ["as-before", "no-new-licences"], "reference": "as-before"}
    return json.dumps({"kind": "set", "number": number, "setting": setting, **more})


def test_an_answer_comes(client: Client) -> None:
    with client.page() as page:
        hello = json.loads(page.recv())
        page.send(asked(7))
        answer = until(page, "scene")
        assert (answer["number"], answer["futures"], answer["of"]) == (7, 10, 10)
        assert hello["setting"]["reference"] == "as-before" and answer["scene"]["sentences"]
        page.send(asked(8, [["suppliers.nobody.slots", "3"]]))
        (fault,) = until(page, "faults")["faults"]
        assert fault.startswith("Slots: nobody: there is no “nobody” in “suppliers”")
        page.send(json.dumps({"kind": "open", "number": 9, "link": answer["link"]}))
        assert until(page, "scene")["setting"] == answer["setting"]


def closed(page: ClientConnection) -> int | None:
    """The code with which a connection is closed, whatever is said before."""
    with pytest.raises(ConnectionClosed) as ended:
        while True:
            page.recv(timeout=20)
    return ended.value.rcvd and ended.value.rcvd.code


def until(page: ClientConnection, kind: str) -> dict[str, Any]:
    while True:
        message: dict[str, Any] = json.loads(page.recv(timeout=PATIENCE))
        if message["kind"] == kind:
            return message


HOSTILE = [
    "", "{", "null", "[]", "1", '"set"', "{}", '{"kind": "set"}', '{"kind": "play"}', "[" * 5000, '{"a":' * 5000,
    asked(number=-1), asked(number=1.5), asked(number="1"), asked(number=1 << 40), asked(extra=1),  # type: ignore[arg-type]
    asked(overrides=[["a"]]), asked(overrides=[["a", 1]]), asked(overrides=[["a", "b", "c"]]),
    asked(overrides={"a": "b"}),
    asked(overrides=[["a" * 301, "1"]]), asked(overrides=[["a", "1" * 4001]]), asked(overrides=[["a", "1"]] * 201),
    '{"kind": "keep"}', '{"kind": "save", "what": "../../etc/passwd"}', '{"kind": "open", "number": 1}',
    '{"kind": "forget", "number": NaN}', '{"kind": "save", "what": "report", "what": 3}', " " * (MOST_BYTES + 1),
]  # fmt: skip


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
def test_what_no_page_says_ends_the_connection_and_no_other(client: Client, said: str) -> None:
    with client.page() as other, client.page() as page:
        other.recv(), json.loads(page.recv())
        page.send(said)
        assert closed(page) == (1009 if len(said) > MOST_BYTES else 1008)
        other.send(asked(1))
        assert until(other, "scene")["number"] == 1


def test_bytes_are_no_message(client: Client) -> None:
    with client.page() as page:
        json.loads(page.recv())
        page.send(asked().encode())
        assert closed(page) == 1008


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: (
        st.lists(inside)
        | st.dictionaries(
            st.sampled_from(["kind", "number", "setting", "overrides", "link", "what"]) | st.text(), inside
        )
    ),
    max_leaves=12,
)


@given(st.text() | JSON.map(json.dumps))
def test_whatever_is_said_is_a_message_or_refused(said: str) -> None:
    with contextlib.suppress(RefusedMessageError):
        assert read(said).kind in said


def test_what_the_page_says_is_read() -> None:
    message = read(asked(3, [["a.b", "1"]]))
    assert isinstance(message, Set) and message.setting.overrides == [("a.b", "1")]
    assert isinstance(read('{"kind": "open", "number": 0, "link": "#"}'), Open)


# Bounds


def test_there_are_only_so_many_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_SESSIONS", 2)
    with client.page() as one:
        one.recv()
        with client.page() as other:
            other.recv()
            with client.page() as third, pytest.raises(ConnectionClosed, match=r"1013 .*Too many pages"):
                third.recv()
        deadline = time.monotonic() + 10  # one that has gone makes room
        while time.monotonic() < deadline:
            with client.page() as next_one, contextlib.suppress(ConnectionClosed):
                next_one.recv()
                return
    pytest.fail("the one that left was not forgotten")


def test_a_page_that_talks_too_much_is_cut_off(client: Client) -> None:
    with client.page() as page:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(AT_ONCE * 3):
                page.send('{"kind": "forget"}')
        assert closed(page) == 1008


def test_a_page_that_does_not_listen_is_cut_off() -> None:
    import asyncio

    async def told() -> list[str | None]:
        unsent = server.Unsent()
        for number in range(MOST_UNSENT + 5):
            unsent.put({"number": number})
        await asyncio.sleep(0)
        return [await unsent.next()]

    assert asyncio.run(told()) == [None]


def test_pace() -> None:
    now = [0.0]
    pace = Pace(2, 3, clock=lambda: now[0])
    assert [pace.allows() for _ in range(4)] == [True, True, True, False]
    now[0] = 0.5
    assert pace.allows() and not pace.allows()
    now[0] = 100.0
    assert [pace.allows() for _ in range(4)] == [True, True, True, False]


def test_how_much_memory() -> None:
    assert size("256M") == 1 << 28 and size("1G") == 1 << 30 and size("16777216") == 1 << 24 and size("1GiB") == 1 << 30
    for wrong in ("", "much", "1M", "-1G", "1.5G", "9" * 30):
        with pytest.raises(ExportsimError, match="memory: found"):
            size(wrong)


# The page


def test_the_page_takes_its_words_from_the_catalogue() -> None:
    script, page = "\n".join(map(content, SCRIPTS)), content("page.html")
    said = set(re.findall(r'\b(?:say|button)\("(\w+)"', script))
    said |= set(re.findall(r'\["([a-z_]+)", (?:\(\)|undo|redo|keep|swap|forget)', script)) | {
        f"{about}{end}" for about in ("policy", "assumption") for end in ("", "_help")
    }
    marks = {"decimal", "thousands", "minus"}
    assert {f"numbers.{name}" if name in marks else f"live.page.{name}" for name in said} == set(WORDS)
    of_shell = set(re.findall(r'text\("(live\.page\.\w+)"\)', page))
    of_page = {key for key in WORDS if key.startswith("live.page.")}
    assert of_shell | of_page == {key for key in catalogue("en") if key.startswith("live.page.")}


def test_the_page_is_small_and_asks_nobody_else() -> None:
    parts = [content(name) for name in ("page.html", *PARTS)]
    assert sum(len(part.encode()) for part in parts) <= 80_000
    addresses = {found for part in parts for found in re.findall(r"\b(?:https?|wss?):[^\s\"'`]*", part)}
    assert addresses == {"http://www.w3.org/2000/svg", "ws://${location.host}/live"}
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function", "".join(parts))


def test_what_one_script_says_at_its_outermost_no_other_says() -> None:
    """They share their names: a second function of a name would take the place of the first without a word."""
    names = re.findall(r"(?m)^(?:async )?(?:function|const|let) (\w+)", "\n".join(map(content, SCRIPTS)))
    assert len(names) > 50 and len(names) == len(set(names))
    on_disk = {part.name for part in resources.files("exportsim.live").joinpath("page").iterdir()}
    assert on_disk == {"page.html", *PARTS, *SCRIPTS_OF_FILE}


def test_a_session_is_forgotten(live: Live) -> None:
    told: list[Any] = []
    session = Session(live, told.append)
    session.enter()
    session.leave()
    session.hear(read(asked()))
    time.sleep(0.3)
    assert [message["kind"] for message in told] == ["hello"]
