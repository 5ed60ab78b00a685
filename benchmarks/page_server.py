"""A server on loopback in a process of its own: nginx where it is installed, else Python's."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NGINX = """
{user} daemon off; worker_processes 1; error_log stderr crit; pid {root}/nginx.pid;
events {{ worker_connections 256; }}
http {{
  access_log off; keepalive_requests 1000000; default_type text/html; charset utf-8;
  client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; fastcgi_temp_path {root}/fastcgi;
  uwsgi_temp_path {root}/uwsgi; scgi_temp_path {root}/scgi;
  server {{
    listen 127.0.0.1:{port}; root {root};
    location = /robots.txt {{ return 200 ""; }}
    location = /item_list.htm {{ if ($arg_page = "") {{ rewrite ^ /1.html last; }} rewrite ^ /$arg_page.html last; }}
  }}
}}
"""
PYTHON = """
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

class Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def translate_path(self, path):
        parts = urlsplit(path)
        page = parse_qs(parts.query).get("page", ["1"])[0] if parts.path == "/item_list.htm" else parts.path[1:-5]
        return f"{sys.argv[1]}/{int(page) if page.isdigit() else 0}.html"
    def log_message(self, *args):
        pass

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
"""


@contextmanager
def serving(root: Path) -> Iterator[str]:
    """Serve ``/item_list.htm?page=N`` from ``root/N.html``; gives the base address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx:
        root.chmod(0o755)
        config = root / "nginx.conf"
        config.write_text(NGINX.format(root=root, port=port, user="user root;" if os.geteuid() == 0 else ""))
        command = [nginx, "-c", str(config), "-p", str(root)]
    else:
        command = [sys.executable, "-c", PYTHON, str(root), str(port)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the page server did not start")
