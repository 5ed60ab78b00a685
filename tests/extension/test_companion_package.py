"""What the companion may do, in which words it speaks, and that its packages are the same everywhere."""

import hashlib
import json
import re
import struct
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from crawler.sources import source_specs
from tests.extension.desk import EXTENSION
from tests.extension.recorded import PLATFORMS, addresses_of_cases

ROOT = EXTENSION.parent
MANIFEST = json.loads((EXTENSION / "manifest.json").read_bytes())
LOOPBACK = "http://127.0.0.1/*"
SCRIPTS = sorted(EXTENSION.rglob("*.js"))
LANGUAGES = ("en", "zh_CN")
MOST_PERMISSIONS = {"alarms", "storage"}


def words(language: str) -> dict[str, Any]:
    return dict(json.loads((EXTENSION / "_locales" / language / "messages.json").read_bytes()))


def hosts() -> set[str]:
    """The hosts whose pages are read."""
    (matches,) = {tuple(each["matches"]) for each in MANIFEST["content_scripts"]}
    return {re.fullmatch(r"\*://([a-z0-9.-]+)/\*", match)[1] for match in matches}  # type: ignore[index]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("packages")
    script = ROOT / "scripts" / "pack-extension"
    done = subprocess.run([sys.executable, script, folder], check=True, capture_output=True, text=True)
    return {Path(line).stem.rpartition("-")[2]: Path(line) for line in done.stdout.split("\n") if line}


def test_it_may_reach_the_pages_that_it_reads_and_this_machine_and_nothing_else():
    assert set(MANIFEST["host_permissions"]) == {LOOPBACK, *MANIFEST["content_scripts"][0]["matches"]}
    assert set(MANIFEST["permissions"]) == MOST_PERMISSIONS
    assert not {"optional_permissions", "optional_host_permissions", "externally_connectable"} & set(MANIFEST)
    assert "web_accessible_resources" not in MANIFEST  # no page can tell whether it is there


def test_every_platform_is_read_and_no_other_site():
    homes = {source_specs()[source].home_url.split("/")[2] for source in PLATFORMS}

    assert homes <= hosts()
    assert {domain_of(host) for host in hosts()} == {domain_of(home) for home in homes}
    assert len({domain_of(home) for home in homes}) == 7


def domain_of(host: str) -> str:
    """The name that somebody has registered: taobao.com, rmfysszc.gov.cn."""
    return ".".join(host.split(".")[-3 if re.search(r"\.(?:com|gov|org)\.cn$", host) else -2 :])


def test_the_pages_of_all_readers_are_read():
    """But for those of logins, and what a page loads from elsewhere."""
    documents = {url.split("/")[2] for url in addresses_of_cases(are_documents=True)}
    loaded = {"api.m.jd.com", "detail-ext.taobao.com", "desc.alicdn.com"}

    assert documents - hosts() <= {"login.taobao.com", "passport.jd.com"} | loaded


def test_no_code_comes_from_elsewhere_or_is_made_of_text():
    policy = MANIFEST["content_security_policy"]["extension_pages"]
    forbidden = re.compile(r"\beval\(|new Function|innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|import\(")

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "connect-src http://127.0.0.1:*" in policy
    for path in SCRIPTS:
        assert not forbidden.search(path.read_text("utf-8")), path.name


def test_no_script_names_an_address_that_it_could_ask_but_this_machine():
    """The addresses of answers are patterns: nothing asks for them."""
    for path in SCRIPTS:
        calls = re.findall(r"(?<![.\w])fetch\(|sendBeacon|WebSocket|EventSource|\.src\s*=", path.read_text("utf-8"))
        assert calls == (["fetch("] if path.name == "server.js" else []), path.name


def test_it_never_presses_fills_in_or_leads_a_page_on():
    leads = r"location\s*=|location\.(?:assign|replace|reload)|scroll(?:To|By)"
    acts = re.compile(rf"\.click\(|\.submit\(|\.focus\(|dispatchEvent|{leads}")

    for path in (EXTENSION / "page").glob("*.js"):
        assert not acts.search(path.read_text("utf-8")), path.name


def test_both_languages_have_the_same_words_and_values():
    english, chinese = map(words, LANGUAGES)

    assert english.keys() == chinese.keys()
    for name in english:
        one, other = (sorted(re.findall(r"\$[A-Z]\$", each[name]["message"])) for each in (english, chinese))
        assert one == other, name
        assert {f"${key.upper()}$" for key in english[name].get("placeholders", {})} == set(one), name


def test_every_word_that_is_asked_for_is_there_and_none_is_left_over():
    known = set(words("en"))
    text = "\n".join(path.read_text("utf-8") for path in EXTENSION.rglob("*") if path.suffix in {".js", ".html"})
    text += json.dumps(MANIFEST)
    asked = set(re.findall(r'(?:word|getMessage)\("(\w+)"|data-word="(\w+)"|__MSG_(\w+)__', text))
    named = {name for found in asked for name in found if name}
    built = {name for name in known if "_" in name or f'"{name}"' in text or f"{name}:" in text}

    assert named - known == set()
    assert known - named - built == set()


def test_the_version_is_that_of_fapai():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert MANIFEST["version"] == project["version"]


@pytest.mark.parametrize("size", [16, 32, 48, 128])
def test_icons_have_the_size_of_their_name(size: int):
    image = (EXTENSION / "icons" / f"{size}.png").read_bytes()

    assert image.startswith(b"\x89PNG")
    assert struct.unpack(">II", image[16:24]) == (size, size)


def test_packages_are_the_same_bytes_every_time(packages: dict[str, Path], tmp_path: Path):
    script = ROOT / "scripts" / "pack-extension"
    subprocess.run([sys.executable, script, tmp_path], check=True, capture_output=True)

    assert sorted(packages) == ["chromium", "firefox"]
    for package in packages.values():
        again = tmp_path / package.name
        assert hashlib.sha256(package.read_bytes()).digest() == hashlib.sha256(again.read_bytes()).digest()


def test_each_browser_gets_its_own_background(packages: dict[str, Path]):
    manifests = {}
    for flavour, package in packages.items():
        with zipfile.ZipFile(package) as opened:
            manifests[flavour] = json.loads(opened.read("manifest.json"))
            assert opened.testzip() is None

    assert set(manifests["chromium"]["background"]) == {"service_worker", "type"}
    assert set(manifests["firefox"]["background"]) == {"scripts", "type"}
    assert "browser_specific_settings" not in manifests["chromium"]
    assert manifests["firefox"]["browser_specific_settings"]["gecko"]["id"] == "companion@fapai.local"
    assert "minimum_chrome_version" not in manifests["firefox"]


def test_a_package_holds_every_file_that_it_names_and_no_drawing(packages: dict[str, Path]):
    for package in packages.values():
        with zipfile.ZipFile(package) as opened:
            names = set(opened.namelist())
            manifest = json.loads(opened.read("manifest.json"))
        icons = {*manifest["icons"].values(), *manifest["action"]["default_icon"].values()}
        named = [*icons, manifest["options_ui"]["page"]]
        named += [name for each in manifest["content_scripts"] for name in each["js"]]
        background = manifest["background"]
        named += background.get("scripts", []) or [background["service_worker"]]
        assert set(named) <= names
        assert not any(name.endswith((".svg", ".py", ".md")) for name in names)
