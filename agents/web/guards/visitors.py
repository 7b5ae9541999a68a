"""Who asks: the address that a request comes from, or what a trusted proxy says it came from.

Whoever is no trusted proxy may write what it likes into `X-Forwarded-For`: nobody else's word counts.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from aiohttp import web

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

HOPS_MAX: Final = 16
"""Proxies one behind the other that are looked through."""
PREFIX_BITS: Final = 64
"""Of an IPv6 address; the rest of it a visitor chooses at will."""


class Visitors:
    """Tells visitors apart. `proxies` are the addresses whose word is taken."""

    def __init__(self, proxies: tuple[Network, ...] = ()) -> None:
        self._proxies = proxies

    def trusts(self, address: Address | None) -> bool:
        """Whether this is a proxy of ours."""
        return address is not None and any(address in network for network in self._proxies)

    def of(self, request: web.Request) -> str:
        """The visitor's name: its address, of IPv6 the first PREFIX_BITS of it.

        A proxy appends who it heard, so the way is gone back from the nearest proxy for as long as each is trusted.
        """
        address = address_of(request.remote or "")
        for said in reversed(_heard(request)) if self.trusts(address) else ():
            before = address_of(said)
            if before is None or not self.trusts(address):
                break
            address = before
        return visitor_at(address) if address is not None else str(request.remote)

    def scheme_of(self, request: web.Request) -> str:
        """`http`, or `https`: as the request came, or as the nearest proxy of ours says that it came to it."""
        said = [one.strip() for one in _last(request, "X-Forwarded-Proto")]
        said += [_of(one, "proto") for one in _last(request, "Forwarded")[-1:]]
        if not self.trusts(address_of(request.remote or "")) or not said:
            return request.scheme
        schemes = {one.lower() for one in said}
        return schemes.pop() if len(schemes) == 1 else ""


def visitor_at(address: Address) -> str:
    """The name of whoever is at this address."""
    if isinstance(address, IPv6Address):
        return str(ip_network((address, PREFIX_BITS), strict=False))
    return str(address)


def address_of(text: str) -> Address | None:
    """An address with or without a port, brackets and a zone; None where it is none."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _heard(request: web.Request) -> list[str]:
    """Who the proxies say that they heard, the nearest last. Where the two headers disagree, one of them came from
    outside, and neither is believed."""
    short = _last(request, "X-Forwarded-For")
    long = [_of(one, "for") for one in _last(request, "Forwarded")]
    if short and long and [address_of(one) for one in short] != [address_of(one) for one in long]:
        return []
    return short or long


def _last(request: web.Request, header: str) -> list[str]:
    """The last HOPS_MAX entries of a header that is a list."""
    whole = ",".join(request.headers.getall(header, []))
    return whole.rsplit(",", HOPS_MAX)[-HOPS_MAX:] if whole else []


def _of(element: str, named: str) -> str:
    """What an element of `Forwarded` says of one thing; "" for nothing."""
    for pair in element.split(";", HOPS_MAX):
        name, _, value = pair.partition("=")
        if name.strip().lower() == named:
            return value.strip().strip('"')
    return ""
