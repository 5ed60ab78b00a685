"""Makes the pictures of all pages anew: ``python -m scripts.screenshots [FOLDER] [--only PAGE]``.

Plays the demo, reads the other recorded pages, serves the web face over them on loopback and looks at each page in
Chromium. Needs the extra ``dev``, Chromium and Chinese letters (``fonts-noto-cjk``); two minutes.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from argon2 import PasswordHasher

from scripts.screenshots.camera import make_snapshot, opened_browser, take_pictures, write_pictures
from scripts.screenshots.shots import PICTURES, all_shots
from scripts.screenshots.world import make_world
from tests.reporting.web.browser_help import served


def main() -> None:
    """Write them, and say how large they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path(__file__).parents[2] / PICTURES)
    parser.add_argument("--only", action="append", help="a page by the name of its template; repeatable")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in all_shots() if not options.only or shot.view.page in options.only]
    with tempfile.TemporaryDirectory() as folder:
        settings = make_world(Path(folder))
        locked = replace(settings, password_hash=PasswordHasher().hash("never asked for"))
        with opened_browser() as browser, served(settings) as address, served(locked) as closed:
            snapshot = make_snapshot(browser, address)
            written = 0
            for is_behind, place in ((False, address), (True, closed)):
                asked = [shot for shot in shots if shot.view.behind_password is is_behind]
                written += write_pictures(options.folder, take_pictures(browser, place, asked, snapshot=snapshot))
        settings.engine.dispose()
    sys.stdout.write(f"{len(shots)} pictures, {written / 1000:,.0f} kB, in {options.folder}\n")


if __name__ == "__main__":
    main()
