"""nginx/dev: up, a second up, settings that change, status, down without a trace."""

import os
import subprocess
import time

import pytest
import requests

from support.stack import Stack


def processes_of(stack):
    listing = subprocess.run(["ps", "-eww", "-o", "pid,args"], capture_output=True, text=True, check=True).stdout
    places = (str(stack.folder), str(stack.run_folder))
    return [line for line in listing.splitlines() if any(place in line for place in places)]


def test_the_whole_life_of_a_development_site():
    with Stack("life") as stack:
        assert requests.get(stack.base + "/", allow_redirects=False, timeout=10).headers["Location"] == "/coin"
        assert requests.get(f"https://localhost:{stack.https_port}/readyz", verify=False, timeout=10).status_code == 200
        status = stack.dev("status")
        assert status.stdout.count("running (") == 3 and "site: ready" in status.stdout

        worker, began = stack.pid("worker"), time.monotonic()
        stack.dev("up")
        assert stack.pid("worker") == worker and time.monotonic() - began < 20

        stack.environment["COINPAY_ORDER_TTL_SECONDS"] = "77"
        changed = stack.dev("up")
        assert "settings changed" in changed.stderr and stack.pid("worker") != worker

        assert len(processes_of(stack)) >= 3
        stack.dev("down")
        assert processes_of(stack) == []
        down = stack.dev("status", check=False)
        assert down.returncode == 1 and down.stdout.count("not running") == 3
        assert stack.dev("nonsense", check=False).returncode == 64


# Becomes the program that it was called for only after a while, and bears no trace of its name until then.
SLOW_SETSID = """#!/usr/bin/env bash
set -- "$(mktemp)" "$@"
printf 'exec /usr/bin/setsid' >"$1"
printf ' %q' "${@:2}" >>"$1"
exec bash -c 'sleep 0.5; source "$0"' "$1"
"""


def test_a_worker_that_is_slow_to_begin_is_not_taken_for_one_that_ended(tmp_path):
    (tmp_path / "setsid").write_text(SLOW_SETSID)
    (tmp_path / "setsid").chmod(0o755)
    with Stack("slow", PATH=f"{tmp_path}:{os.environ['PATH']}", TMPDIR=tmp_path) as stack:
        assert stack.dev("status").stdout.count("running (") == 3


def test_a_worker_that_ends_at_its_start_is_told_with_its_reason(tmp_path):
    stack = Stack("ended")
    binary = stack.environment["COINPAY_DEV_BINARY"]
    stand_in = tmp_path / "coinpay"
    stand_in.write_text(f'#!/bin/sh\n[ "$1" != serve ] || {{ echo "no heart to serve"; exit 1; }}\nexec {binary} "$@"\n')
    stand_in.chmod(0o755)
    stack.environment["COINPAY_DEV_BINARY"] = str(stand_in)
    with pytest.raises(AssertionError, match="no heart to serve\n.*the worker ended"):
        stack.__enter__()
    stack.__exit__()


def test_two_sites_run_side_by_side():
    with Stack("left") as left, Stack("right") as right:
        left_user = left.new_user()
        assert left_user.balance() == 0
        answer = requests.post(right.base + "/api/auth/login", timeout=10,
                               json={"username": left_user.username, "password": "long-password"})
        assert answer.status_code == 401
        left.dev("down")
        assert requests.get(right.base + "/readyz", timeout=10).status_code == 200


def test_production_has_neither_mock_payment_nor_demo_accounts():
    with Stack("production", COINPAY_ENV="production", COINPAY_BASE_URL="https://shop.example") as stack:
        answer = requests.post(stack.base + "/api/auth/login", timeout=10,
                               json={"username": "demo", "password": "demo-password"})
        assert answer.status_code == 401
        user = stack.new_user()
        assert user.data(user.get("/api/payment/methods")) == []
        assert user.post("/api/payment/mock/success/COIN_20260101_00000000").json()["error"]["code"] == "NOT_FOUND"
        assert user.post("/api/coin/order", {"package_id": 1, "payment_method": "MOCK"}).status_code == 400
        assert stack.coinpay("seed", check=False).returncode == 1
        assert "development" not in user.get("/coin", headers={"Accept-Language": "en"}).text.lower()
