"""All benchmarks, one after the other, each in a process of its own."""

import subprocess
import sys

for name in ("truth", "start", "parsing", "crawl", "ingest"):
    print(f"== python -m benchmarks.{name}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False)
