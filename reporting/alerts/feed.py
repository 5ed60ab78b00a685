"""The messages of a watch as an Atom feed (RFC 4287) in a file, the last hundred of them, the newest first.

Ids come from the messages: writing the same messages again gives the same file.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from store.outbox import StoredDelivery

ATOM = "http://www.w3.org/2005/Atom"
MESSAGES = 100
NOBODY = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without messages was changed: it says so in a way that never changes."""


def feed_of(watch: str, channel_id: int, messages: Sequence[StoredDelivery]) -> bytes:
    """The feed of a channel; ``messages`` the newest first."""
    feed = Element("feed", xmlns=ATOM)
    newest = max((message.created_at for message in messages), default=NOBODY)
    _add(feed, "id", f"urn:fapai:watch:{channel_id}")
    _add(feed, "title", f"fapai: {watch}")
    _add(feed, "updated", newest.isoformat())
    _add(_add(feed, "author"), "name", "fapai")
    for message in messages[:MESSAGES]:
        entry = _add(feed, "entry")
        _add(entry, "id", UUID(message.message_key).urn)
        _add(entry, "title", message.subject)
        _add(entry, "updated", message.created_at.isoformat())
        _add(entry, "content", message.body).set("type", "text")
    ElementTree.indent(feed)
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _add(parent: Element, name: str, words: str | None = None) -> Element:
    element = SubElement(parent, name)
    element.text = words if words is None else _writable(words)
    return element


def _writable(words: str) -> str:
    """Without the characters that XML cannot hold; a watch may be named with any."""
    return "".join(
        sign for sign in words if sign in "\n\t" or (sign.isprintable() and sign < "\ufffe") or sign > "\uffff"
    )
