"""Whose traffic a session is: people's, whose values are theirs, or testers', whose values may be read by all.

What the producer says counts. Where it says nothing, traffic is taken for people's, unless all its pages lie where
nobody's users can be: on the machine of the browser itself, or under a name that is set aside for tests and examples.
"""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from typing import Final

from pipeline.semantics import urls
from schemas.events import Event, Navigation, Traffic

RESERVED_NAMES: Final = ("localhost", "test", "example", "invalid", "example.com", "example.net", "example.org")
"""RFC 2606 and RFC 6761: these names, and all below them, belong to nobody."""


def traffic_of(events: Iterable[Event]) -> Traffic:
    """Whose traffic these events of one session are, in any order. Where producers disagree, it is people's."""
    every = list(events)
    said = {event.traffic for event in every} - {None}
    if said:
        return "real" if "real" in said else "test"
    # The page of a navigation is the one before it, which may be somebody else's.
    addresses = {event.url if isinstance(event, Navigation) else event.page.url for event in every}
    hosts = {host for host in map(_host, addresses) if host}
    return "test" if hosts and all(map(_is_nobodys, hosts)) else "real"


def _host(url: str) -> str:
    return urls.parse_any(url).name


@lru_cache(maxsize=1024)
def _is_nobodys(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return any(host == name or host.endswith(f".{name}") for name in RESERVED_NAMES)
