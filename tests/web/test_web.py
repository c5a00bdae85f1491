"""The chat in a browser: a real server, plain HTTP, real websockets, and a real browser."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import http.client
import json
import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.store.kit import copied

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator

WAIT_S = 60
# Serves a program of ours in the chat's place.
SERVE = """
import sys
from askcorpus.web import serve
child = [sys.executable, "-c", sys.argv[1]]
say = lambda address, _: print(address, flush=True)
serve(child, host="127.0.0.1", port=0, announce=say, warn=lambda text: print(text, file=sys.stderr))
"""
# Opens links, then gives a file away.
GIVING = """
import io
from textual.app import App
class Giving(App):
    def on_mount(self):
        for url in ("javascript:alert(1)", "file:///etc/passwd", "https://example.org/"):
            self.open_url(url)
        self.deliver_text(io.StringIO("given away"), save_filename="a.html", mime_type="text/html")
Giving().run()
"""
DENIED = "who denied the deal?"
WEBSOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": base64.b64encode(b"0123456789abcdef").decode(),
}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass(frozen=True, slots=True)
class Running:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    url: str

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def cookie(self) -> str:
        return f"askcorpus-{urlsplit(self.url).port}={self.url.partition('token=')[2]}"

    def get(self, path: str, **headers: str) -> Reply:
        """Ask for a path; headers are given with _ for -."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        port = urlsplit(self.url).port
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=WAIT_S)
        with contextlib.closing(line):
            line.request("GET", path, headers={"Host": self.host, **given})
            reply = line.getresponse()
            return Reply(reply.status, reply.headers, reply.read().decode("utf-8", "replace"))

    def page(self) -> Reply:
        return self.get(self.url.removeprefix(f"http://{self.host}"))

    def known(self, path: str) -> Reply:
        return self.get(path, Cookie=self.cookie)

    def children(self) -> list[int]:
        """Return the processes that it has started and that still run."""
        pid = self.process.pid
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in found]

    def end(self, number: int) -> tuple[int, str]:
        """Return its exit code and what it had said on stderr, after this signal."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=WAIT_S)
        return self.process.returncode, said


def serving(
    index: Path, *flags: str, **environment: str
) -> contextlib.AbstractContextManager[Running]:
    command = [sys.executable, "-m", "askcorpus", "--index", str(index), "web", *flags]
    return running(command, **environment)


@contextlib.contextmanager
def running(command: list[str], **environment: str) -> Iterator[Running]:
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    assert process.stdout is not None
    try:
        yield Running(process, process.stdout.readline().strip())
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=WAIT_S)


@pytest.fixture(scope="module")
def server(seeds_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Serve an index whose path a shell would take apart."""
    scratch = tmp_path_factory.mktemp("web")
    index = scratch / 'it\'s $HOME; "two" && `words`'
    copied(seeds_index, index)
    with serving(index, XDG_DATA_HOME=str(scratch), XDG_CONFIG_HOME=str(scratch)) as server:
        yield server


def has_ended(child: int) -> bool:
    """Wait until a process has ended that isn't ours; False where it doesn't."""
    try:
        handle = os.pidfd_open(child)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], WAIT_S)[0])
    finally:
        os.close(handle)


class Page:
    """The browser's end of a websocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.seen = b""

    async def until(self, wanted: bytes) -> None:
        """Read until these bytes have been drawn."""
        while wanted not in self.seen:
            message = await self.socket.receive(timeout=WAIT_S)
            assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), message
            data = message.data
            self.seen += data if isinstance(data, bytes) else data.encode()

    async def why_closed(self) -> tuple[int, str]:
        """Read to the end, and return the closing frame's code and sentence."""
        while True:
            message = await self.socket.receive(timeout=WAIT_S)
            if message.type == aiohttp.WSMsgType.CLOSE:
                return message.data, message.extra or ""
            assert message.type in (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT), message

    async def type(self, text: str) -> None:
        await self.socket.send_str(json.dumps(["stdin", text]))


@contextlib.asynccontextmanager
async def opened(server: Running) -> AsyncIterator[Page]:
    headers = {"Origin": f"http://{server.host}", "Cookie": server.cookie}
    url = f"http://{server.host}/ws?width=120&height=40"
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, headers=headers, max_msg_size=0) as socket,
    ):
        yield Page(socket)


def does(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(asyncio.wait_for(scenario(), WAIT_S))


@pytest.mark.parametrize("path", ["/", "/?token=", "/?token=%ff", "/ws", "/static/page.js", "/x"])
def test_a_request_without_the_token_is_refused_in_a_sentence(server: Running, path: str) -> None:
    reply = server.get(path, Origin=f"http://{server.host}")
    assert reply.status == 403
    assert reply.text.count("\n") == 1
    assert "token" in reply.text


@pytest.mark.parametrize("name", ["evil.example", "evil.example:{}", "localhost:{}", "127.0.0.1:1"])
def test_a_request_under_another_name_is_refused_even_with_the_token(
    server: Running, name: str
) -> None:
    host = name.format(urlsplit(server.url).port)
    reply = server.get("/", Host=host, Cookie=server.cookie)
    assert (reply.status, reply.text) == (403, "This server isn't known by that name.\n")


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "https://{}"])
def test_a_websocket_is_only_for_the_page_of_this_server(
    server: Running, origin: str | None
) -> None:
    given = {} if origin is None else {"Origin": origin.format(server.host)}
    reply = server.get("/ws", Cookie=server.cookie, **WEBSOCKET, **given)
    assert (reply.status, reply.text) == (403, "Only this server's own page may do that.\n")


def test_the_token_is_traded_for_a_cookie_that_scripts_and_other_sites_cannot_use(
    server: Running,
) -> None:
    given = server.page().headers["Set-Cookie"]
    assert given.startswith(f"{server.cookie};")
    assert "HttpOnly" in given
    assert "SameSite=Strict" in given
    assert server.known("/").status == 200


def test_nothing_in_the_page_comes_from_elsewhere(server: Running) -> None:
    page = server.page()
    assert page.status == 200
    named = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert len(named) == 5
    for address in named:
        assert address == "data:," or re.match(r"/[a-z]", address)
        if address.endswith(".css"):
            inside = re.findall(r"url\(\"?([^\")]*)|@import", server.known(address).text)
            assert all(each.startswith("/terminal/fonts/") for each in inside)
    assert "//" not in page.text


@pytest.mark.parametrize("path", ["/", "/nothing", "/static/page.js", "/terminal/js/textual.js"])
def test_every_answer_says_that_the_browser_may_load_from_nowhere_else(
    server: Running, path: str
) -> None:
    headers = server.known(path).headers
    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["connect-src"] == f"'self' ws://{server.host}"
    assert policy["frame-ancestors"] == "'none'"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/static/page.css", "/static/page.js", "/terminal/css/xterm.css"])
def test_static_files_are_served(server: Running, path: str) -> None:
    reply = server.known(path)
    assert reply.status == 200
    assert len(reply.text) > 100


@pytest.mark.parametrize(
    "path",
    ["/static", "/static/", "/terminal/js/", "/static/../server.py", "/static/%2e%2e/gate.py"],
)
def test_no_directory_is_listed_and_nothing_beside_it_is_served(server: Running, path: str) -> None:
    reply = server.known(path)
    assert reply.status in (403, 404)
    assert len(reply.text) < 50


def test_a_typed_question_is_answered_and_the_chat_ends_with_its_page(server: Running) -> None:
    async def scenario() -> None:
        async with opened(server) as page:
            await page.until(b"33 passages")
            await page.until(b"ready")
            (child,) = server.children()
            await page.type(f"{DENIED}\r")
            await page.until(b"Pyongyang")
        assert await asyncio.to_thread(has_ended, child)

    does(scenario)


def test_what_is_not_of_the_protocol_is_passed_over(server: Running) -> None:
    async def scenario() -> None:
        async with opened(server) as page:
            for text in ("{", "[]", "[1]", '["stdin", 5]', '["resize", []]', "[" * 100_000):
                await page.socket.send_str(text)
            await page.socket.send_str('["resize", {"width": 1e400, "height": -5}]')
            await page.socket.send_bytes(b"\xff")
            await page.socket.send_str('["ping", "still here"]')
            await page.until(b'["pong", "still here"]')

    does(scenario)


def test_the_ninth_page_is_told_that_there_are_enough(server: Running) -> None:
    async def scenario() -> None:
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(8):
                await stack.enter_async_context(opened(server))
            ninth = await stack.enter_async_context(opened(server))
            code, why = await ninth.why_closed()
            children = server.children()
        assert (code, why.split(".")[0]) == (1013, "8 chats are open")
        assert len(children) == 8
        for child in children:
            assert await asyncio.to_thread(has_ended, child)

    does(scenario)


def test_a_chat_that_cannot_start_says_why_on_its_page(seeds_index: Path, tmp_path: Path) -> None:
    (tmp_path / "askcorpus").mkdir()
    (tmp_path / "askcorpus" / "chat.toml").write_text('preset = "emacs"')

    async def scenario() -> None:
        with serving(seeds_index, XDG_CONFIG_HOME=str(tmp_path)) as server:
            async with opened(server) as page:
                assert await page.why_closed() == (1011, "There is no preset 'emacs'.")
            code, said = server.end(signal.SIGINT)
        assert code == 130
        assert "There is no preset" in said
        assert "Interrupted" not in said
        assert "Traceback" not in said

    does(scenario)


def test_a_chat_that_fails_without_a_word_says_what_to_do(tmp_path: Path) -> None:
    async def scenario() -> None:
        program = "import sys; sys.exit('Traceback of something')"
        with running([sys.executable, "-c", SERVE, program]) as server:
            async with opened(server) as page:
                code, why = await page.why_closed()
            _, said = server.end(signal.SIGTERM)
        assert (code, why) == (1011, "It failed; run askcorpus chat in a terminal to see why.")
        assert "Traceback" not in said

    does(scenario)


def test_a_chat_that_never_gets_ready_ends_with_its_page() -> None:
    async def scenario() -> None:
        with running([sys.executable, "-c", SERVE, "import time; time.sleep(1000)"]) as server:
            async with opened(server) as page:
                await page.socket.send_str('["ping", "here"]')
                await page.until(b"here")
                (child,) = server.children()
            assert await asyncio.to_thread(has_ended, child)

    does(scenario)


def test_only_addresses_of_the_web_are_opened_and_a_file_needs_the_cookie_too() -> None:
    async def scenario() -> None:
        with running([sys.executable, "-c", SERVE, GIVING]) as server:
            async with opened(server) as page:
                await page.until(b"deliver_file_start")
                (url,) = re.findall(rb'"url": "([^"]*)"', page.seen)
                (key,) = re.findall(rb'"deliver_file_start", "([^"]*)"', page.seen)
                path = f"/download/{key.decode()}"
                refused = await asyncio.to_thread(server.get, path)
                file = await asyncio.to_thread(server.known, path)
        assert url == b"https://example.org/"
        assert refused.status == 403
        assert (file.status, file.text) == (200, "given away")
        assert file.headers["Content-Security-Policy"].endswith("; sandbox")

    does(scenario)


def test_an_interrupt_ends_the_chats_too(seeds_index: Path) -> None:
    async def scenario() -> None:
        with serving(seeds_index) as server:
            async with opened(server) as page:
                await page.until(b"askcorpus")
                (child,) = server.children()
                ended = asyncio.to_thread(server.end, signal.SIGINT)
                closed, (code, _) = await asyncio.gather(page.why_closed(), ended)
        assert code == 130
        assert closed == (1001, "The server was ended: run askcorpus web again.")
        assert await asyncio.to_thread(has_ended, child)

    does(scenario)


def test_a_chat_ends_by_itself_when_nothing_more_can_be_typed(seeds_index: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "askcorpus", "chat", "--index", str(seeds_index)],
        input=b"",
        capture_output=True,
        env={**os.environ, "TEXTUAL_DRIVER": "askcorpus.web.driver:PipeDriver"},
        timeout=WAIT_S,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"__GANGLION__\n")


def test_a_server_that_is_killed_leaves_no_chat_behind(seeds_index: Path) -> None:
    async def scenario() -> None:
        with serving(seeds_index) as server:
            async with opened(server) as page:
                await page.until(b"ready")
                (child,) = server.children()
                await asyncio.to_thread(server.end, signal.SIGKILL)
        assert await asyncio.to_thread(has_ended, child)

    does(scenario)


def test_listening_everywhere_is_warned_of_and_known_by_numbers_only(tmp_path: Path) -> None:
    with serving(tmp_path, "--host", "0.0.0.0") as server:
        port = urlsplit(server.url).port
        by_number = server.get("/", Host=f"10.1.2.3:{port}", Cookie=server.cookie)
        by_name = server.get("/", Host=f"evil.example:{port}", Cookie=server.cookie)
        _, said = server.end(signal.SIGINT)
    assert (by_number.status, by_name.status) == (200, 403)
    assert said.startswith("Warning: other machines")


def test_this_machine_alone_is_nothing_to_warn_of(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        code, said = server.end(signal.SIGTERM)
    assert code == -signal.SIGTERM
    assert said == "The chat is served to whoever has this address. Ctrl+C ends it.\n"


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "askcorpus", "web", "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[0] == f"askcorpus: Port {port} is in use."


def test_on_a_terminal_a_browser_gets_an_address_that_works_once(tmp_path: Path) -> None:
    told = tmp_path / "told"
    os.mkfifo(told)
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {told}\n')
    browser.chmod(0o755)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "askcorpus", "web"],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "DISPLAY": ":99", "BROWSER": str(browser)},
    )
    try:
        with told.open() as line:
            url = line.read().strip()
        with open(ours, "rb", buffering=0, closefd=False) as terminal:
            shown = terminal.read(500).decode().strip()
        server = Running(process, url)  # type: ignore[arg-type]
        assert url != shown
        assert [server.page().status, server.page().status] == [200, 403]
        assert Running(process, shown).page().status == 200  # type: ignore[arg-type]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(WAIT_S)
        os.close(ours)
        os.close(theirs)


class Browser:
    """A Chromium, driven by its own protocol."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._n = 0
        self.asked_for: list[str] = []
        self.drawn = b""

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        self._n += 1
        await self._socket.send_json({"id": self._n, "method": method, "params": params})
        while (message := await self._next()).get("id") != self._n:
            pass
        assert "error" not in message, message
        return dict(message["result"])

    async def until_drawn(self, wanted: bytes) -> None:
        while wanted not in self.drawn:
            await self._next()

    async def type(self, text: str) -> None:
        for char in text:
            key = {"key": "Enter", "windowsVirtualKeyCode": 13} if char == "\r" else {"key": char}
            await self.call("Input.dispatchKeyEvent", type="keyDown", text=char, **key)
            await self.call("Input.dispatchKeyEvent", type="keyUp", **key)

    async def _next(self) -> dict[str, Any]:
        message: dict[str, Any] = await self._socket.receive_json(timeout=WAIT_S)
        params = message.get("params", {})
        if message.get("method") in ("Network.requestWillBeSent", "Network.webSocketCreated"):
            self.asked_for.append(
                params["request"]["url"] if "request" in params else params["url"]
            )
        if message.get("method") == "Network.webSocketFrameReceived":
            frame = params["response"]
            self.drawn += base64.b64decode(frame["payloadData"]) if frame["opcode"] == 2 else b""
        return message


@contextlib.asynccontextmanager
async def browsing(profile: Path) -> AsyncIterator[Browser]:
    flags = (
        "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking"
    )
    more = "disable-component-update disable-sync remote-debugging-port=0 window-size=1100,740"
    process = await asyncio.create_subprocess_exec(
        str(CHROMIUM),
        *(f"--{flag}" for flag in f"{flags} {more}".split()),
        f"--user-data-dir={profile}",
        "about:blank",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stderr is not None
    try:
        async for line in process.stderr:
            if found := re.search(rb"listening on ws://([^/]+)/", line):
                break
        assert found
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://{found[1].decode()}/json/list") as reply:
                pages = [each for each in await reply.json() if each["type"] == "page"]
            where = pages[0]["webSocketDebuggerUrl"]
            async with session.ws_connect(where, max_msg_size=0) as socket:
                yield Browser(socket)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_in_a_browser_a_question_is_answered_and_nothing_else_is_asked_for(
    server: Running, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with browsing(tmp_path / "profile") as browser:
            await browser.call("Network.enable")
            await browser.call("Page.navigate", url=server.url)
            await browser.until_drawn(b"ready")
            await browser.type(f"{DENIED}\r")
            await browser.until_drawn(b"Pyongyang")
            shown = await browser.call("Runtime.evaluate", expression="location.href")
            asked_for = [url for url in browser.asked_for if not url.startswith("data:")]
        assert shown["result"]["value"] == f"http://{server.host}/"
        assert len(asked_for) >= 7
        assert {urlsplit(url).netloc for url in asked_for} == {server.host}

    does(scenario)
