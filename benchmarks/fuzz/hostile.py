"""What nobody expects in a page: values of JSON, pieces of text, and whole pages, each of which hurt some parser once."""

from typing import Any

LONGEST = 1_000_000
"""Bytes of a mutated page. Larger ones are tried in ``tests/crawler/parsers/test_bad_pages.py``."""

LONG_TEXT = 100_000
DEEP = 100_000

NUMBERS = (0, -1, 1, 10**12, 10**18, -(10**18), 2**63, 2**64, 10**40, 1e308, -1e308, 5e-324, 0.1)
NOT_NUMBERS = (float("nan"), float("inf"), float("-inf"))
TEXTS = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "价\udfff格",
    "\u202e\u200b\ufeff",
    "\ufdfd" * 50,
    "e\u0301\u0489" * 50,
    "null",
    "NaN",
    "-1",
    "１２３４５",
    "²",
    "①",
    "٣٤٥",
    "一百二十三亿万",
    "亿" * 40,
    "9" * 5_000,
    "1" * 400 + "." + "1" * 400,
    "1e400",
    "0x10",
    "99999999999999",
    "0000-00-00 00:00:00",
    "2026-02-30 25:61:61",
    "2026年13月32日",
    "民國999年99月99日",
    "今天99:99",
    "01/01/0001 00:00",
    "javascript:alert(1)",
    "http://[::1",
    "https://[a]b/?id=%ff",
    "//",
    "&#0;&#xD800;&#x110000;&#99999999999;&amp;amp;",
    "<table><tr><td>建筑面积<td>" * 20,
    "<![CDATA[<b>]]><!-- ",
    "{{}}",
    '{"a":',
    "[" * 50,
    "起拍价：-1元，评估价：9999999999999999万元，保证金：0元",
    "(2026)执字第号",
)
LONG_TEXTS = (
    "a" * LONG_TEXT,
    "9" * LONG_TEXT,
    "元" * LONG_TEXT,
    " " * LONG_TEXT,
    "1," * (LONG_TEXT // 2),
    "建筑面积" * (LONG_TEXT // 4),
    "法院" * (LONG_TEXT // 2),
    "（2026）执" * (LONG_TEXT // 7),
    "是否已腾空：是□否☑ " * (LONG_TEXT // 11),
    "起拍价1" * (LONG_TEXT // 4),
    "&lt;" * (LONG_TEXT // 4),
    "<td>1" * (LONG_TEXT // 5),
    "张三李四王五赵六" * (LONG_TEXT // 8),
    "13×" * (LONG_TEXT // 3),
    "年月日时分" * (LONG_TEXT // 5),
    "\\" * LONG_TEXT,
    "\ud800" * LONG_TEXT,
)
PIECES = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\xe2\x80\xae\xe2\x80\x8b",
    b"\xa1\xa1\xfe",
    b"\x1a\x1b\x7f\x85",
    b"\r\n\r\n",
    b"\\u0000",
    b"\\ud800",
    b"\\",
    b'"',
    b"'",
    b"<!--",
    b"-->",
    b"<![CDATA[",
    b"<?xml version='1.0' encoding='utf-16'?>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>&b;",
    b"<script>",
    b"</script>",
    b"<style>",
    b"<textarea>",
    b"<table><table><tr>",
    b"</table></div></div></body></html>",
    b"<plaintext>",
    b"<svg><math>",
    b"<meta charset=utf-7>",
    b"<meta charset=idna>",
    b"<meta charset=hex>",
    b"<base href='http://[::1'>",
    b"&#0;&#xD800;&nosuch;&#x110000;",
    b"null",
    b"NaN",
    b"Infinity",
    b"1e999",
    b"-",
    b",,",
    b";;",
    b"[]",
    b"{}",
    b'{"data":null}',
)
ATTRIBUTES = b"".join(b" a%d=%d" % (number, number) for number in range(5_000))


def as_mistyped(value: Any) -> tuple[Any, ...]:
    """The value in types that it does not have."""
    return (None, True, False, [], {}, [value], {"value": value}, [[value], [value]], str(value), 0, 1.5, "")
