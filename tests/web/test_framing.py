"""Where a request ends is never in doubt: what two readers could take for one request or for two is refused."""

import re
import socket
from contextlib import suppress
from typing import Final

import orjson
import pytest

from tests.web.conftest import Site
from tests.web.test_events import native

pytestmark = pytest.mark.slow

WAIT_S: Final = 30.0
NEXT: Final = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
HIDDEN: Final = b"GET /healthz?hidden HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
BODY: Final = orjson.dumps(native("framed"))
SIZE: Final = f"{len(BODY)}".encode()
CHUNKED: Final = f"{len(BODY):x}\r\n".encode() + BODY + b"\r\n0\r\n\r\n"
HEAD: Final = b"POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
IN_CHUNKS: Final = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def answers(site: Site, sent: bytes) -> list[int]:
    """The statuses of all that is answered on a connection on which this came, until the server closes it."""
    heard = b""
    with (
        socket.create_connection(("127.0.0.1", site.app.conf.web_port), timeout=WAIT_S) as connection,
        suppress(OSError),  # it may be closed on what is still to come
    ):
        connection.sendall(sent)
        while piece := connection.recv(65_536):
            heard += piece
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", heard)]


AMBIGUOUS: Final = {
    "length and chunks": HEAD
    + b"Content-Length: "
    + SIZE
    + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
    + CHUNKED
    + HIDDEN,
    "chunks and length": HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + CHUNKED + HIDDEN,
    "two lengths": HEAD + b"Content-Length: " + SIZE + b"\r\nContent-Length: 0\r\n\r\n" + BODY + HIDDEN,
    "equal lengths": HEAD + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
    "list of lengths": HEAD + b"Content-Length: 0, 0\r\n\r\n" + HIDDEN,
    "signed length": HEAD + b"Content-Length: +0\r\n\r\n" + HIDDEN,
    "negative length": HEAD + b"Content-Length: -1\r\n\r\n" + HIDDEN,
    "length in base 16": HEAD + b"Content-Length: 0x0\r\n\r\n" + HIDDEN,
    "length of other digits": HEAD + "Content-Length: ٠\r\n\r\n".encode() + HIDDEN,
    "length beyond 64 bits": HEAD + b"Content-Length: 18446744073709551616\r\n\r\n" + HIDDEN,
    "length with a line under it": HEAD + b"Content-Length: 1_0\r\n\r\n" + b"0123456789" + HIDDEN,
    "empty length": HEAD + b"Content-Length:\r\n\r\n" + HIDDEN,
    "blank before the colon": HEAD + b"Content-Length : 0\r\n\r\n" + HIDDEN,
    "blank before chunks": HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "folded header": HEAD + b"X: a\r\n b\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
    "folded chunks": HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "folded length": HEAD + b"Content-Length:\r\n 0\r\n\r\n" + HIDDEN,
    "blank first header": b"POST /e/ HTTP/1.1\r\n Content-Length: 0\r\nHost: localhost\r\n\r\n" + HIDDEN,
    "chunks twice": HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKED + HIDDEN,
    "chunks, then none": HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n" + CHUNKED + HIDDEN,
    "unknown coding": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKED + HIDDEN,
    "chunks with a sign": HEAD + b"Transfer-Encoding: \x0bchunked\r\n\r\n" + CHUNKED + HIDDEN,
    "chunks in quotes": HEAD + b'Transfer-Encoding: "chunked"\r\n\r\n' + CHUNKED + HIDDEN,
    "chunks of an old client": HEAD.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKED + HIDDEN,
    "size of a chunk with a sign": IN_CHUNKS + b"+0\r\n\r\n" + HIDDEN,
    "size of a chunk in 0x": IN_CHUNKS + b"0x0\r\n\r\n" + HIDDEN,
    "negative chunk": IN_CHUNKS + b"-1\r\n\r\n" + HIDDEN,
    "chunk beyond 64 bits": IN_CHUNKS + b"10000000000000000\r\n\r\n" + HIDDEN,
    "chunk that is longer": IN_CHUNKS + b"1\r\nab\r\n0\r\n\r\n" + HIDDEN,
    "line end of a chunk": IN_CHUNKS + b"1\r\na\n0\r\n\r\n" + HIDDEN,
    "bare line feeds": HEAD.replace(b"\r\n", b"\n") + b"Content-Length: 0\n\n" + HIDDEN,
    "bare carriage return": HEAD + b"X: a\rContent-Length: 9\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
    "zero in a header": HEAD + b"X: a\0b\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
    "no name": HEAD + b": 0\r\nContent-Length: 0\r\n\r\n" + HIDDEN,
    "no colon": HEAD + b"Content-Length\r\n\r\n" + HIDDEN,
    "chunk's extension with a line feed": IN_CHUNKS + b"0;a\nb\r\n\r\n" + HIDDEN,
    "later version": b"GET /healthz HTTP/2.0\r\nHost: localhost\r\n\r\n" + HIDDEN,
    "version of four digits": b"GET /healthz HTTP/1.10\r\nHost: localhost\r\n\r\n" + HIDDEN,
    "no version": b"GET /healthz\r\n" + HIDDEN,
    "upgrade to the next version": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + HIDDEN,
}


def test_what_could_end_elsewhere_is_refused(site: Site) -> None:
    """400, once, and nothing that follows on the connection is taken for a request; nothing was sent to Kafka."""
    wrong = {}
    for name, sent in AMBIGUOUS.items():
        told = answers(site, sent)
        if told not in ([400], []) or site.topic.messages:
            wrong[name] = (told, len(site.topic.messages))
            site.topic.messages.clear()
    assert not wrong


FINE: Final = {
    "length": (HEAD + b"Content-Length: " + SIZE + b"\r\n\r\n" + BODY + HIDDEN, [202, 200]),
    "chunks": (IN_CHUNKS + CHUNKED + HIDDEN, [202, 200]),
    "chunks in capitals": (HEAD + b"TRANSFER-ENCODING: CHUNKED\r\n\r\n" + CHUNKED + HIDDEN, [202, 200]),
    "extension of a chunk": (
        IN_CHUNKS + CHUNKED.replace(b"\r\n", b";a=b\r\n", 1) + HIDDEN,
        [202, 200],
    ),
    "one after the other": (2 * NEXT + HIDDEN, [200, 200, 200]),
}


def test_what_ends_at_one_place_is_taken(site: Site) -> None:
    """Bodies by length and in chunks, and requests that follow on the same connection: each is answered, in order."""
    for name, (sent, told) in FINE.items():
        assert answers(site, sent) == told, name


def test_what_a_chunk_says_beside_its_size_is_bounded(site: Site) -> None:
    """Extensions without end, trailers without end, and a head without end are refused as they come, or given up where
    no byte of a body came."""
    endless = (
        IN_CHUNKS + b"1;" + b"a" * 4_000_000,
        IN_CHUNKS + b"0\r\n" + b"x: y\r\n" * 500_000,
        HEAD + b"x: y\r\n" * 500_000,
        HEAD + b"x" * 4_000_000,
        b"GET /" + b"a" * 4_000_000,
        b"\r\n" * 2_000_000,
    )
    for sent in endless:
        assert answers(site, sent) in ([400], [408], [414], [431], [])
    assert site.http.get("/healthz").status_code == 200
