"""Which proxy a request takes, and what a proxy that cannot be used says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agents.teachers.addresses import proxy_of, target_of
from reasoner.errors import TeacherError

PROXY = "http://user:secret@10.0.0.1:3128"


def proxied(address: str, **environment: str) -> bool:
    return proxy_of(target_of(address), {"HTTPS_PROXY": PROXY, "http_proxy": PROXY, **environment}) is not None


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:8000/v1", "http://localhost:8000", "http://[::1]:8000", "http://[::ffff:127.0.0.1]/v1"],
)
def test_a_server_on_this_machine_is_never_asked_through_a_proxy(address: str) -> None:
    assert not proxied(address, ALL_PROXY="nonsense://")


@pytest.mark.parametrize(
    ("address", "no_proxy"),
    [
        ("https://api.example.com/v1", "*"),
        ("https://api.example.com/v1", "example.com"),
        ("https://api.example.com/v1", "other.org, .example.com"),
        ("https://api.example.com/v1", "*.example.com"),
        ("https://api.example.com:8443/v1", "example.com:8443"),
        ("https://10.1.2.3/v1", "10.0.0.0/8"),
        ("https://[fd00::5]:8000/v1", "fd00::/8"),
        ("https://[fd00::5]:8000/v1", "[fd00::]/8"),
        ("https://[fd00::5]:8000/v1", "[fd00::5]:8000"),
        ("https://[fd00::5]/v1", "fd00:0:0::5"),
    ],
)
def test_no_proxy_may_name_domains_addresses_networks_and_ports(address: str, no_proxy: str) -> None:
    assert proxied(address)
    assert not proxied(address, NO_PROXY=no_proxy)


@pytest.mark.parametrize(
    ("address", "no_proxy"),
    [
        ("https://api.example.com/v1", "ample.com"),
        ("https://api.example.com/v1", "example.com:8443"),
        ("https://[fd00::5]:8000/v1", "fe80::/10, 10.0.0.0/8"),
        ("https://[fd00::5]:8000/v1", "[fd00::5]:9"),
        ("https://11.1.2.3/v1", "10.0.0.0/8"),
    ],
)
def test_what_no_proxy_does_not_name_goes_through_the_proxy(address: str, no_proxy: str) -> None:
    assert proxied(address, NO_PROXY=no_proxy)


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"HTTPS_PROXY": "ftp://10.0.0.1"}, "HTTPS_PROXY='ftp://10.0.0.1' is no address of a proxy"),
        ({"https_proxy": "http://10.0.0.1:port"}, "https_proxy='http://10.0.0.1:port' is no address"),
        ({"ALL_PROXY": "http://[::1"}, r"ALL_PROXY='http://\[::1' is no address"),
        ({"ALL_PROXY": "http://user:secret@"}, "ALL_PROXY='http://' is no address"),
        ({"ALL_PROXY": PROXY, "NO_PROXY": "10.0.0.0/99"}, "NO_PROXY holds '10.0.0.0/99', which is no network"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_refused_in_words(environment: dict[str, str], words: str) -> None:
    with pytest.raises(TeacherError, match=words) as refused:
        proxy_of(target_of("https://10.9.9.9/v1"), environment)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("address", ["http://[::1", "http://", "https://host:99999/v1", "ftp://host"])
def test_an_address_that_names_no_server_is_refused_in_words(address: str) -> None:
    with pytest.raises(TeacherError, match="is no address of a server"):
        target_of(address)


CHECK = """
import os
from agents.teachers.litellm_teacher import preflight
from reasoner.config.settings import TeacherSettings
from reasoner.errors import TeacherError
base = {"model": "openai/x", "usd_per_million_input": 1, "usd_per_million_output": 1, "api_key": "none"}
preflight(TeacherSettings(**base, api_base="http://127.0.0.1:9/v1"))
for proxy, certificates in (("socks5://user:secret@10.0.0.1:1080", ""), ("", "/nowhere/certificates.pem")):
    os.environ |= {"ALL_PROXY": proxy, "SSL_CERT_FILE": certificates}
    try:
        preflight(TeacherSettings(**base, api_base="https://10.9.9.9/v1"))
    except TeacherError as error:
        print(error)
print(os.environ["LANGSMITH_TRACING"], os.environ["NO_PROXY"], "STRAY" in os.environ)
"""


def test_socks_certificates_and_a_stray_env_file_end_in_words_and_loopback_needs_none_of_them(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("STRAY=1\nNO_PROXY=*\n")
    script = tmp_path / "check.py"
    script.write_text(CHECK)
    environment = {
        **os.environ,
        "ALL_PROXY": "socks5://10.0.0.1:1080",
        "SSL_CERT_FILE": "/nowhere/certificates.pem",
        "NO_PROXY": "internal.example",
        "LANGSMITH_TRACING": "true",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    ran = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    socks, certificates, rest = ran.stdout.splitlines()
    assert "ALL_PROXY names a SOCKS proxy, for which a package is missing; pip install 'httpx[socks]'" in socks
    assert "SSL_CERT_FILE='/nowhere/certificates.pem' does not exist" in certificates
    assert rest == "false internal.example False"
    assert ran.stderr == ""
