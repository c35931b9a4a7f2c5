"""Addresses of servers and the proxies on the way to them, as the environment names them.

`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` are read as curl reads them, and `NO_PROXY` may also hold
networks. A server on this machine is never asked through a proxy.
"""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

from reasoner.errors import TeacherError

_PORTS = {"http": 80, "https": 443}
_PROXIES = ("http", "https", "socks5", "socks5h")


class Proxy(NamedTuple):
    """Where requests are sent instead, and which variable says so."""

    variable: str
    address: str


class Target(NamedTuple):
    """Where a request wants to go."""

    scheme: str
    host: str
    """Lower case; without brackets."""
    port: int


def target_of(address: str, *, setting: str = "teacher.api_base") -> Target:
    """The server of an address.

    Args:
        address: as its user gave it.
        setting: what names it; begins the error's sentence.

    Raises:
        TeacherError: it names none.
    """
    try:
        parts = urlsplit(address)
        if parts.hostname and parts.scheme in _PORTS:
            return Target(parts.scheme, parts.hostname.rstrip("."), parts.port or _PORTS[parts.scheme])
    except ValueError:
        pass  # said below, in our own words
    raise TeacherError(
        f"{setting}={_bare(address)!r} is no address of a server; expected one such as 'http://127.0.0.1:8000/v1'"
    )


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    ip = _ip(host)
    return ip.is_loopback if ip else host == "localhost" or host.endswith(".localhost")


def proxy_of(target: Target, environment: Mapping[str, str]) -> Proxy | None:
    """The proxy that the environment wants for a server; None where there is none.

    Raises:
        TeacherError: the proxy's address, or a network in `NO_PROXY`, cannot be read.
    """
    if is_loopback(target.host):
        return None
    for variable in (f"{target.scheme}_proxy", "all_proxy"):
        found = next((n for n in (variable, variable.upper()) if environment.get(n, "").strip()), None)
        if found is not None:
            break
    else:
        return None
    if any(_excuses(entry, target) for entry in _no_proxy(environment)):
        return None
    address = environment[found].strip()
    return Proxy(found, _checked(found, address if "://" in address else f"http://{address}"))


def _checked(variable: str, address: str) -> str:
    try:
        parts = urlsplit(address)
        usable = parts.scheme in _PROXIES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or any(c.isspace() or not c.isprintable() for c in address):
        raise TeacherError(
            f"{variable}={_bare(address)!r} is no address of a proxy; expected one such as 'http://10.0.0.1:3128' or "
            "'socks5h://10.0.0.1:1080', or unset it"
        )
    return address


def _no_proxy(environment: Mapping[str, str]) -> Iterator[str]:
    listed = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    return (entry.lower() for entry in listed.replace(",", " ").split())


def _excuses(entry: str, target: Target) -> bool:
    """Whether an entry of `NO_PROXY` means a server: `*`, a network, an address, a domain; a port may follow."""
    if entry == "*":
        return True
    if "/" in entry:
        try:
            network = ip_network(entry.replace("[", "").replace("]", ""), strict=False)
        except ValueError as error:
            raise TeacherError(
                f"NO_PROXY holds {entry!r}, which is no network ({error}); expected one such as '10.0.0.0/8' or "
                "'fd00::/8'"
            ) from error
        ip = _ip(target.host)
        return ip is not None and ip.version == network.version and ip in network
    host, port = _host_and_port(entry)
    if port and port != str(target.port):
        return False
    ip, wanted = _ip(host), _ip(target.host)
    if ip is not None or wanted is not None:
        return ip == wanted
    domain = host.removeprefix("*").strip(".")
    return bool(domain) and (target.host == domain or target.host.endswith(f".{domain}"))


def _host_and_port(entry: str) -> tuple[str, str]:
    if entry.startswith("["):
        host, _, rest = entry[1:].partition("]")
        return host, rest.removeprefix(":")
    host, colon, port = entry.rpartition(":")
    return (host, port) if colon and ":" not in host and port.isdigit() else (entry, "")


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        ip = ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(ip, "ipv4_mapped", None) or ip


def _bare(address: str) -> str:
    """An address without the user and the password in it, shortened."""
    scheme, separator, rest = address.partition("://")
    return (f"{scheme}{separator}" if separator else scheme)[:20] + rest.rpartition("@")[2][:80]
