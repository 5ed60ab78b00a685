"""Report pages of recorded data: ``python -m benchmarks.report_pages [NAME...] --captures FOLDER --out docs/reports``.

Each set is read into a database of its own by the program's commands; every total is counted again by SQL. Exit 1 if a
figure differs, a command fails, or the recorded files are not there.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.report_pages.checks import TotalsDiffer
from benchmarks.report_pages.pages import make_page
from benchmarks.report_pages.program import CommandFailed
from benchmarks.report_pages.sets import SETS


def main() -> None:
    """Write a page for each set that is named, or for all."""
    parser = argparse.ArgumentParser(description="Write report pages of recorded data.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SETS)}; all if none is given")
    parser.add_argument("--captures", type=Path, default=Path("../shared/captures"), help="the folder of the files")
    parser.add_argument("--out", type=Path, default=Path("docs/reports"), help="the folder of the pages")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in SETS]:
        parser.error(f"there is no set {unknown[0]!r}; all are: {', '.join(SETS)}")
    try:
        write_pages(options.names or list(SETS), options.captures.resolve(), options.out)
    except (CommandFailed, FileNotFoundError, TotalsDiffer) as error:
        sys.exit(str(error))


def write_pages(names: list[str], captures: Path, out: Path) -> None:
    """A Markdown file for each set.

    Raises:
        FileNotFoundError: a set has no recorded files in the folder.
        CommandFailed: a command of the program failed.
        TotalsDiffer: a figure of a report is not that of the query.
    """
    for name in names:
        data_set = SETS[name]
        if not any(captures.glob(data_set.files)):
            raise FileNotFoundError(f"no recorded files of {name} here: {captures / data_set.files}")
    out.mkdir(parents=True, exist_ok=True)
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            page = make_page(SETS[name], captures, Path(folder))
        (out / f"{name}.md").write_text(page, "utf-8")
        print(f"{out / name}.md: {len(page.encode()):,} bytes, every total equal", flush=True)


if __name__ == "__main__":
    main()
