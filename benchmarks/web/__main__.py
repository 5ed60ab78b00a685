"""The web face under load: ``python -m benchmarks.web [--listings 1000000] [--users 50] [--seconds 120]``.

A child process serves a linked base of so many listings and five times as many observations. First each kind of page is
asked for by one visitor: what it costs the server's processor, and what it weighs. Then all users together open today,
searches with every pair of facets, sorts and deep pages, homes, the map and the API; each thinks for two to six seconds
between two questions. What is measured is the time from the question to the last byte on loopback.
"""

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from benchmarks.reporting_scale.base import SEED
from benchmarks.web.asking import SHARES, Addresses, read_words
from benchmarks.web.base import linked_base
from benchmarks.web.server import Server, running_server
from benchmarks.web.users import Answer, Tab, play

SIZE = 1_000_000
THINKS = (2.0, 6.0)
ALONE = 30
MOST_MEDIAN, MOST_P99 = 0.100, 0.400
MOST_BYTES = 300_000
ASSET = re.compile(r'(?:href|src)="(/static/[^"]+)"')


def main() -> None:
    """Print the tables; exit 1 where a page is too slow or too heavy, or an answer is not 200."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listings", type=int, default=SIZE, help="five observations each (default 1,000,000)")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    base = linked_base(options.listings, options.seed)
    with running_server(base) as server:
        print(f"{options.listings:,} listings; the board took {server.cpu():.0f} CPU-s, {server.resident_mb():,} MB")
        tab = Tab(server.port)
        facets, homes = read_words(lambda address: tab.ask("", address, is_packed=False)[1].decode())
        addresses = Addresses(facets, homes, options.seed)
        heaviest = _print_alone(server, tab, addresses)
        begun = server.cpu()
        answers = play(server.port, addresses, options.users, options.seconds, THINKS)
        spent = server.cpu() - begun
    is_kept = _print_load(answers, options.users, options.seconds, spent)
    if heaviest > MOST_BYTES or not is_kept or any(answer.status != 200 for answer in answers):
        sys.exit(f"asked: median {MOST_MEDIAN * 1e3:.0f} ms, 99th {MOST_P99 * 1e3:.0f} ms, {MOST_BYTES // 1000} kB")


def _print_alone(server: Server, tab: Tab, addresses: Addresses) -> int:
    """One visitor: CPU and time of each kind, and its bytes with all that the page loads; gives the most bytes."""
    print(f"\none visitor, {ALONE} of each{'':9}CPU ms    median       max      kB    kB with styles and scripts")
    heaviest = 0
    for kind in SHARES:
        tab.ask(kind, addresses.of(kind))
        begun, answers, whole = server.cpu(), [], 0
        for _ in range(ALONE):
            answer, _ = tab.ask(kind, addresses.of(kind))
            answers.append(answer)
        cost = (server.cpu() - begun) / ALONE
        largest = max(answers, key=lambda answer: answer.size)
        whole = largest.size + _weight_of_assets(tab, largest)
        heaviest = max(heaviest, whole)
        times = [answer.took * 1e3 for answer in answers]
        figures = f"{cost * 1e3:8.0f}{median(times):10.0f}{max(times):10.0f}{largest.size / 1e3:8.0f}{whole / 1e3:8.0f}"
        print(f"{kind:32}{figures}", flush=True)
    return heaviest


def _weight_of_assets(tab: Tab, page: Answer) -> int:
    _, body = tab.ask(page.kind, page.address, is_packed=False)
    return sum(tab.ask("", address)[0].size for address in set(ASSET.findall(body.decode("utf-8", "replace"))))


def _print_load(answers: Sequence[Answer], users: int, seconds: float, spent: float) -> bool:
    """All users together; gives whether the times are kept."""
    by_kind: dict[str, list[float]] = defaultdict(list)
    for answer in answers:
        by_kind[answer.kind].append(answer.took)
    rate, cost = len(answers) / seconds, spent / max(1, len(answers))
    print(f"\n{users} users, {THINKS[0]:.0f} to {THINKS[1]:.0f} s between two questions, {seconds:.0f} s: {rate:.1f} a")
    print(f"second, {cost * 1e3:.0f} ms of CPU each, {spent / seconds:.2f} cores")
    print(f"{'':32}{'n':>8}{'median':>10}{'99th':>10}{'max':>10}")
    for kind in (*SHARES, "all"):
        times = [each for part in by_kind.values() for each in part] if kind == "all" else by_kind[kind]
        if times:
            figures = f"{median(times) * 1e3:10.0f}{_percentile(times, 0.99) * 1e3:10.0f}{max(times) * 1e3:10.0f}"
            print(f"{kind:32}{len(times):8,}{figures}")
    every = [each for part in by_kind.values() for each in part]
    return bool(every) and median(every) < MOST_MEDIAN and _percentile(every, 0.99) < MOST_P99


def _percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


if __name__ == "__main__":
    main()
