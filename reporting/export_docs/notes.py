"""What else lies beside the files of a snapshot: how to cite it, and what is known of the right to use it."""

import json
from collections.abc import Mapping
from datetime import date

from reporting.export_docs.models import licence_note

LICENCES = """\
# Whose data this is

The program that wrote this snapshot is under the Apache License 2.0. That does not cover what the sites published:
facts such as prices and dates were read from their pages, titles and sentences are theirs. What is known of each:

{notes}
"""


def citation(known_on: date | None, version: str, digest: str) -> str:
    """``CITATION.cff`` (1.2.0): the snapshot is named by the SHA-256 of its manifest's files.

    Args:
        known_on: the day as of which it is; ``None`` where nothing was observed.
        version: of the program.
        digest: of the content.
    """
    lines = [
        "cff-version: 1.2.0",
        'message: "Cite this snapshot as below, with the hash, and its sources (LICENCES.md)."',
        "type: dataset",
        'title: "Foreclosed homes on sale: a snapshot by fapai"',
        "authors:",
        '  - name: "The fapai contributors"',
        f"version: {json.dumps(version)}",
    ]
    if known_on is not None:
        lines.append(f"date-released: {known_on.isoformat()}")
    lines += ["identifiers:", "  - type: other", f'    value: "sha256:{digest}"', '    description: "of the tables"']
    return "\n".join(lines) + "\n"


def licences(sources: Mapping[str, str]) -> str:
    """A note for each source, by its title."""
    notes = [f"- {title} (`{name}`): {licence_note(name)}." for name, title in sources.items()]
    return LICENCES.format(notes="\n".join(notes) or "- nothing was observed")
