"""Where a request really comes from, behind proxies that are trusted to say so."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

Network = IPv4Network | IPv6Network


def client_address(request: web.BaseRequest, trusted: Sequence[Network]) -> str:
    """The nearest address that is no trusted proxy, from the right of X-Forwarded-For while proxies vouch for it."""
    address, forwarded = request.remote or "", request.headers.get("X-Forwarded-For")
    if forwarded is None:
        return address
    hops = [hop.strip() for hop in forwarded.split(",")]
    while hops and _is_trusted(address, trusted) and _parsed(hops[-1]) is not None:
        address = hops.pop()
    return address


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in trusted)


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
