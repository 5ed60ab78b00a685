"""Report pages of recorded data: ``python -m benchmarks.report_pages [NAME...] --captures FOLDER --out docs/reports``.

Each set is read into a database of its own by the program's commands; every total is counted again by SQL, and again from
the snapshot alone. ``--check`` writes nothing: it makes the pages anew and says whether they are the ones that lie in the
folder. Exit 1 if a figure differs, a page is another, a command fails, or the recorded files are not there.
"""

import argparse
import sys
import tempfile
from difflib import unified_diff
from pathlib import Path

from benchmarks.report_pages.checks import TotalsDiffer
from benchmarks.report_pages.pages import make_page
from benchmarks.report_pages.program import CommandFailed
from benchmarks.report_pages.sets import SETS


class PageDiffers(Exception):
    """A page is not what the program makes today. The message names it and the first lines that differ."""


def main() -> None:
    """Write or check a page for each set that is named, or for all."""
    parser = argparse.ArgumentParser(description="Write report pages of recorded data.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SETS)}; all if none is given")
    parser.add_argument("--captures", type=Path, default=Path("../shared/captures"), help="the folder of the files")
    parser.add_argument("--out", type=Path, default=Path("docs/reports"), help="the folder of the pages")
    parser.add_argument("--check", action="store_true", help="write nothing, compare with the pages in that folder")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in SETS]:
        parser.error(f"there is no set {unknown[0]!r}; all are: {', '.join(SETS)}")
    try:
        make_pages(options.names or list(SETS), options.captures.resolve(), options.out, is_check=options.check)
    except (CommandFailed, FileNotFoundError, TotalsDiffer, PageDiffers) as error:
        sys.exit(str(error))


def make_pages(names: list[str], captures: Path, out: Path, *, is_check: bool) -> None:
    """Write a Markdown file for each set, or compare it with the one that is there.

    Raises:
        FileNotFoundError: a set has no recorded files in the folder: nothing was made or checked.
        CommandFailed: a command of the program failed.
        TotalsDiffer: a figure of a report is not that of the query, or not that of the snapshot.
        PageDiffers: a page is not what the program makes today.
    """
    for name in names:
        data_set = SETS[name]
        if not any(captures.glob(data_set.files)):
            done = "checked" if is_check else "written"
            raise FileNotFoundError(f"nothing {done}: no recorded files of {name} here: {captures / data_set.files}")
    for name in names:
        path = out / f"{name}.md"
        with tempfile.TemporaryDirectory() as folder:
            page = make_page(SETS[name], captures, Path(folder))
        if is_check:
            require_same(path, page)
        else:
            out.mkdir(parents=True, exist_ok=True)
            path.write_text(page, "utf-8")
        print(
            f"{path}: {len(page.encode()):,} bytes, every total equal{', as it lies there' if is_check else ''}",
            flush=True,
        )


def require_same(path: Path, page: str) -> None:
    """The page as it was written is the page as it is made now.

    Raises:
        PageDiffers: it is another, or there is none.
    """
    there = path.read_text("utf-8").splitlines() if path.exists() else []
    changed = [
        line for line in unified_diff(there, page.splitlines(), lineterm="", n=0) if line[:2] not in {"--", "++", "@@"}
    ]
    if changed:
        shown = "\n".join(changed[:6])
        raise PageDiffers(f"{path} is not what the program makes today, {len(changed)} lines differ:\n{shown}")


if __name__ == "__main__":
    main()
