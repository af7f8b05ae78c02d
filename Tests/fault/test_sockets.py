"""Sockets that systemd owns: the worker takes them over by name and leaves them open."""

import os
import re
import signal
import subprocess
import time


def socket_activated(site):
    settings = dict(re.findall(r"export (\w+)='(.*)'", site.dev("env").stdout))
    binary = os.environ.get("COINPAY_DEV_BINARY") or os.readlink(f"/proc/{site.pid('worker')}/exe")
    run = site.run_folder
    return subprocess.Popen(
        ["systemd-socket-activate", "-l", str(run / "web.sock"), "-l", str(run / "webhook.sock"),
         "--fdname=web:webhook", *[f"--setenv={name}={value}" for name, value in settings.items()],
         binary, "serve"],
        stdin=subprocess.DEVNULL, stderr=(site.folder / "logs" / "activated.log").open("w"))


def test_a_worker_with_inherited_sockets_serves_and_leaves_them_open(site):
    user = site.new_user()
    pid = site.pid("worker")
    binary = os.readlink(f"/proc/{pid}/exe")
    os.environ.setdefault("COINPAY_DEV_BINARY", binary)
    os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + 30
    while (site.run_folder / "web.sock").exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    worker = socket_activated(site)
    try:
        site.wait_ready()
        order = user.order()
        assert user.data(user.post(f"/api/payment/mock/success/{order['mock_payment_id']}"))["status"] == "PAID"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0
        log = (site.folder / "logs" / "activated.log").read_text()
        assert "info stopped" in log
        # The file is systemd's: it was neither removed nor shut down by the worker.
        assert (site.run_folder / "web.sock").exists()
    finally:
        worker.kill()
        for name in ("web.sock", "webhook.sock"):
            (site.run_folder / name).unlink(missing_ok=True)
        site.start_worker()
        site.wait_ready()
    site.assert_ledger_holds()
