"""What others wrote is text in `report.md`: no link, image, HTML, code or column."""

import pytest

from agents.reporting.markdown_text import code, plain


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("![x](http://a/b.png)", r"!\[x\](http&#8203;://a/b.png)"),
        ("<script>alert(1)</script>", r"\<script\>alert(1)\</script\>"),
        ("a | b", r"a \| b"),
        ("`rm`", r"\`rm\`"),
        ("# heading", r"\# heading"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("me@example.org, www.example.org", r"me&#64;example.org, www&#8203;.example.org"),
        ("&lt;b&gt;", r"\&lt;b\&gt;"),
        ("two\nlines\x1b[2J", "two␊lines␛\\[2J"),
        ("12 of 60, p=0.002", "12 of 60, p=0.002"),
    ],
)
def test_every_active_sign_is_made_plain(given: str, safe: str) -> None:
    assert plain(given) == safe


@pytest.mark.parametrize(
    ("given", "span"), [("a", "`a`"), ("", "-"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("a|b", r"`a\|b`")]
)
def test_a_code_span_holds_what_it_is_given(given: str, span: str) -> None:
    assert code(given) == span
