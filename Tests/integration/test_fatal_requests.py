"""A request whose thread ends the worker is told with its address and path, and refused when it comes again."""

import contextlib
import ctypes
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pymysql
import pytest
import requests

from support.stack import Stack, wait_for

TGKILL = 234
PATH = "/api/coin/packages"


@pytest.fixture
def fragile_site(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    with Stack("fatal-requests", RUNTIME_DIRECTORY=folder) as stack:
        stack.runtime = folder
        yield stack


def thread_of(site, path):
    """The thread that works on a path, as the board says."""
    board = (site.runtime / "requests").read_bytes()
    for start in range(0, len(board), 512):
        place = board[start:start + 512]
        if place[0] == 1 and path.encode() in place:
            return int.from_bytes(place[4:8], "little")


@contextlib.contextmanager
def locked(site, table):
    """Nobody reads a table meanwhile."""
    with pymysql.connect(unix_socket=str(site.run_folder / "mariadb.sock"), user="root", database="coinpay",
                         ssl_disabled=True) as connection, connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLES {table} WRITE")
        yield


def get(site, path):
    return requests.get(site.base + path, timeout=60)


def end_by_request(site, path):
    """Lets the thread that works on a request run into a fault; nginx answers for it."""
    pid = site.pid("worker")
    process = Path(f"/proc/{pid}/status")
    with ThreadPoolExecutor(1) as pool, locked(site, "coin_packages"):
        asked = pool.submit(get, site, path)
        thread = wait_for(lambda: thread_of(site, path))
        assert ctypes.CDLL(None).syscall(TGKILL, pid, thread, int(signal.SIGSEGV)) == 0
        wait_for(lambda: not process.exists() or "State:\tZ" in process.read_text())
        assert asked.result().status_code >= 500


def restart(site):
    site.start_worker()
    site.wait_ready()


def test_it_is_told_and_refused(fragile_site):
    site = fragile_site
    end_by_request(site, PATH)
    restart(site)
    told = [line for line in site.worker_log().splitlines() if "a request ended the process" in line]
    assert len(told) == 1 and " critical " in told[0], told
    for part in ("address=127.0.0.1", f"path={PATH}", "times=1", "body_bytes=0", "method=GET"):
        assert part in told[0], told
    refused = get(site, PATH + "?other=query")
    assert refused.status_code == 503 and int(refused.headers["Retry-After"]) > 60
    assert get(site, "/api/payment/methods").status_code == 200
    # A stop that was asked for leaves nothing behind, and what was told is not told again.
    restart(site)
    assert site.worker_log().count("a request ended the process") == 1
    assert get(site, PATH).status_code == 503
    # After a while it is tried again.
    memory = site.runtime / "fatal-requests"
    memory.write_text(re.sub(r"^\d+", str(int(time.time()) - 601), memory.read_text()))
    restart(site)
    assert get(site, PATH).status_code == 200
