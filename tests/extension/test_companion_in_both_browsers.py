"""What the companion asks of a browser, held against what Chromium and Firefox offer at the oldest version allowed."""

import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest

from tests.extension.desk import EXTENSION, Browser, Desk
from tests.extension.recorded import case
from tests.extension.sites import Sites

ROOT = EXTENSION.parent
MANIFEST = json.loads((EXTENSION / "manifest.json").read_bytes())
SCRIPTS = sorted(EXTENSION.rglob("*.js"))

# First versions of (Chromium, Firefox) by MDN's compatibility tables (2026-11), those of Manifest V3 where they differ;
# None: not there.
CALLS: dict[str, tuple[int, int | None]] = {
    "action.getBadgeText": (88, 109),
    "action.onClicked": (88, 109),
    "action.setBadgeBackgroundColor": (88, 109),
    "action.setBadgeText": (88, 109),
    "action.setBadgeTextColor": (110, 109),
    "action.setTitle": (88, 109),
    "alarms.clear": (22, 45),
    "alarms.create": (22, 45),
    "alarms.onAlarm": (22, 45),
    "i18n.getMessage": (17, 45),
    "runtime.getURL": (17, 45),
    "runtime.id": (17, 45),
    "runtime.onInstalled": (17, 52),
    "runtime.onMessage": (26, 45),
    "runtime.onStartup": (23, 52),
    "runtime.openOptionsPage": (42, 48),
    "runtime.sendMessage": (26, 45),
    "storage.local": (20, 45),
    "storage.local.setAccessLevel": (102, None),
    "storage.session": (102, 115),
    "tabs.onRemoved": (17, 45),
    "tabs.sendMessage": (17, 45),
}
KEYS: dict[str, tuple[int, int | None]] = {
    "action": (88, 109),
    "background": (88, 109),
    "browser_specific_settings": (0, 48),  # Chromium knows it not, and the packer leaves it out there
    "content_scripts": (5, 48),
    "content_security_policy": (88, 109),
    "default_locale": (5, 48),
    "description": (5, 48),
    "host_permissions": (88, 109),
    "icons": (5, 48),
    "manifest_version": (88, 109),
    "minimum_chrome_version": (10, None),  # left out of the package for Firefox
    "name": (5, 48),
    "options_ui": (40, 48),
    "permissions": (5, 48),
    "version": (5, 48),
}
OF_ONE_BROWSER = {"minimum_chrome_version", "browser_specific_settings"}
GUARDED = {"storage.local.setAccessLevel", "action.setBadgeTextColor"}
"""Called with ``?.``: nothing is lost where a browser has it not."""

WORLD_MAIN = (111, 128)
BOTH_BACKGROUNDS = (121, 121)  # from then on each takes its own of service_worker and scripts
DATA_COLLECTION = 142  # of Firefox, Android included: what an extension collects is told before it is installed


def oldest_allowed() -> tuple[int, int]:
    """Of Chromium, of Firefox."""
    gecko = MANIFEST["browser_specific_settings"]["gecko"]
    return int(MANIFEST["minimum_chrome_version"]), int(gecko["strict_min_version"].partition(".")[0])


def calls() -> dict[str, set[bool]]:
    """Every name of ``chrome`` that a script uses, and whether it is called only where it is there."""
    found: dict[str, set[bool]] = {}
    for path in SCRIPTS:
        for name, guard in re.findall(r"\bchrome\.((?:[a-z]\w*\.)+[a-zA-Z]\w*)(\?\.)?", path.read_text("utf-8")):
            parts = name.split(".")
            known = next((".".join(parts[:size]) for size in (3, 2) if ".".join(parts[:size]) in CALLS), name)
            found.setdefault(known, set()).add(bool(guard))
    return found


def test_every_call_is_known_to_both_browsers_or_left_out_where_it_is_not_there():
    chromium, firefox = oldest_allowed()
    used = calls()

    assert len(used) > 15
    assert sorted(set(used) - set(CALLS)) == []
    for name, guards in used.items():
        of_chromium, of_firefox = CALLS[name]
        is_everywhere = of_chromium <= chromium and of_firefox is not None and of_firefox <= firefox
        assert is_everywhere or guards == {True}, name
        assert name not in GUARDED or guards == {True}, name


def test_every_key_of_the_manifest_is_known_to_both_browsers_or_left_out_of_the_package_of_one():
    chromium, firefox = oldest_allowed()

    assert set(MANIFEST) == set(KEYS)
    for name, (of_chromium, of_firefox) in KEYS.items():
        is_known = of_chromium <= chromium and of_firefox is not None and of_firefox <= firefox
        assert is_known or name in OF_ONE_BROWSER, name


def test_the_oldest_versions_know_the_worlds_and_the_two_backgrounds():
    oldest = oldest_allowed()

    for needed in (WORLD_MAIN, BOTH_BACKGROUNDS):
        assert all(has >= needs for has, needs in zip(oldest, needed, strict=True))
    worlds = {each.get("world", "ISOLATED") for each in MANIFEST["content_scripts"]}
    assert worlds == {"MAIN", "ISOLATED"}


def test_firefox_has_a_background_page_in_the_place_of_the_service_worker():
    background = MANIFEST["background"]

    assert background["scripts"] == [background["service_worker"]]
    assert background["type"] == "module"
    assert (EXTENSION / background["service_worker"]).is_file()


def test_what_firefox_asks_of_an_extension_is_told():
    gecko = MANIFEST["browser_specific_settings"]["gecko"]

    assert re.fullmatch(r"[a-zA-Z0-9._-]*@[a-zA-Z0-9._-]+", gecko["id"])
    assert len(gecko["id"]) <= 80
    assert re.fullmatch(r"\d{1,3}\.\d", gecko["strict_min_version"])
    assert oldest_allowed()[1] >= DATA_COLLECTION
    required = set(gecko["data_collection_permissions"]["required"])
    assert required == {"browsingActivity", "websiteContent"}
    assert set(gecko) == {"id", "strict_min_version", "data_collection_permissions"}


def test_the_policy_of_its_own_pages_does_not_turn_the_way_to_this_machine_into_https():
    """Firefox adds upgrade-insecure-requests where an extension has no policy of its own."""
    assert "upgrade-insecure-requests" not in MANIFEST["content_security_policy"]["extension_pages"]
    assert "default-src 'none'" in MANIFEST["content_security_policy"]["extension_pages"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'\\ud83c\\udfe0 \\u4e07\\u79d1'", "🏠 万科"),
        ("'\\ud83c'", "�"),
        ("'\\udfe0 x'", "� x"),
        ("'\\udfe0\\ud83c'", "��"),
        ("'a\\ud83c\\ud83c\\udfe0'", "a�🏠"),
    ],
)
def test_halves_of_characters_become_the_sign_for_what_cannot_be_told(text: str, expected: str):
    mini_racer = pytest.importorskip("py_mini_racer", reason="the extra plots is not installed")
    with mini_racer.MiniRacer() as v8:
        v8.eval((EXTENSION / "page" / "document.js").read_text("utf-8"))

        assert v8.eval(f"fapaiDocument.wellFormed({text})") == expected


def test_a_page_whose_script_cut_an_emoji_in_two_is_read(paired: Browser, desk: Desk, sites: Sites):
    url, page = case("ali_judicial/detail/second-auction-sold-2026")
    cut = "<script>document.body.append('\\ud83c\\udfe0'.slice(0, 1) + ' cut');</script></body>"
    sites.serve(url, page.decode().replace("</body>", cut))

    paired.open(url)

    paired.title_of_badge("1")
    assert "ali_judicial:1073199694629" in desk.listings


def test_the_sources_of_a_release_hold_the_companion_and_its_packer(tmp_path: Path):
    from hatchling.builders.sdist import SdistBuilder

    archive = next(iter(SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])))

    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    wanted: set[Any] = {path.relative_to(ROOT).as_posix() for path in EXTENSION.rglob("*") if path.is_file()}
    assert wanted <= names
    assert "scripts/pack-extension" in names
