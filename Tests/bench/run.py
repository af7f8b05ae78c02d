"""Requests per second and latency of the whole site, each as a ratio to two baselines of the same run, and how long
coins take to arrive.

Baselines: nginx answering `return 200`, and the settlement's SQL one by one from plain libmariadb
threads without HTTP. The report is printed and kept in .test/artefacts/bench.json.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import latency  # noqa: E402
from support.stack import ARTEFACTS, Stack, free_port  # noqa: E402
from support.stripe_fixtures import PATH, SETTINGS, event, intent, sign  # noqa: E402

HERE = Path(__file__).resolve().parent
CONNECTIONS = (8, 32, 128)
SECONDS = int(os.environ.get("BENCH_SECONDS", "6"))
WRK_THREADS = 2
# More settlements than a run can do, so that none is a repetition.
SETTLEMENTS_PER_SECOND_MAX = 9_000


def wrk(url, connections, script, **environment):
    result = subprocess.run(
        ["wrk", "-t", str(WRK_THREADS), "-c", str(connections), "-d", f"{SECONDS}s", "--timeout", "20s",
         "-s", str(HERE / script), url],
        env={**os.environ, "BENCH_THREADS": str(WRK_THREADS), **environment},
        capture_output=True, text=True, check=True)
    count, seconds, p50, p99, errors = re.search(
        r"RESULT (\d+) ([\d.]+) ([\d.]+) ([\d.]+) (\d+)", result.stdout).groups()
    return {"rate": int(count) / float(seconds), "p50": float(p50), "p99": float(p99), "errors": int(errors)}


class Nginx:
    """nginx answering `return 200`: the most that this machine can do over HTTP."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        path, self.port = self.folder.name, free_port()
        (Path(path) / "nginx.conf").write_text(f"""
pid {path}/nginx.pid; error_log {path}/error.log; worker_processes auto;
events {{ worker_connections 4096; }}
http {{ access_log off; server {{ listen 127.0.0.1:{self.port} backlog=4096; location / {{ return 200 ok; }} }} }}
""")
        self.command = ["nginx", "-p", path, "-e", f"{path}/error.log", "-c", f"{path}/nginx.conf"]
        subprocess.run(self.command, check=True)
        return f"http://127.0.0.1:{self.port}/"

    def __exit__(self, *_):
        subprocess.run([*self.command, "-s", "stop"], check=True)
        self.folder.cleanup()


class Payments:
    """Pending Stripe payments made by SQL, handed out in ranges."""

    USERS = 500

    def __init__(self, site):
        self.site, self.made, self.users = site, 0, self.USERS
        site.sql(
            "INSERT INTO users (username, created_at, updated_at) SELECT CONCAT('bench', seq), NOW(6), NOW(6) "
            f"FROM seq_1_to_{self.USERS}; INSERT INTO wallets (user_id, head_hash, updated_at) SELECT id, "
            "UNHEX(REPEAT('00', 32)), NOW(6) FROM users WHERE username LIKE 'bench%'")
        self.first_user = int(site.value("SELECT MIN(id) FROM users WHERE username LIKE 'bench%'"))

    def make(self, count):
        first, last = self.made + 1, self.made + count
        self.made = last
        numbers = f"seq_{first}_to_{last}"
        self.site.sql(f"""
SET foreign_key_checks = 0;
INSERT INTO coin_orders (order_no, user_id, package_id, coins, bonus_coins, amount, currency, payment_method,
  status, created_at, expires_at, updated_at)
  SELECT CONCAT('COIN_20990101_', LPAD(seq, 8, '0')), {self.first_user} + seq MOD {self.users}, 1, 100, 0, 149, 'USD',
  'STRIPE', 'PENDING', UTC_TIMESTAMP(6), '2099-01-01', UTC_TIMESTAMP(6) FROM {numbers};
INSERT INTO payments (order_id, attempt, provider, merchant_account, live_mode, out_trade_no, provider_txn_id, amount,
  currency, status, created_at, updated_at)
  SELECT id, 1, 'STRIPE', '', 0, order_no, CONCAT('pi_bench_', CAST(SUBSTRING(order_no, 15) AS UNSIGNED)), 149, 'USD',
  'PENDING', created_at, created_at FROM coin_orders WHERE order_no BETWEEN
  CONCAT('COIN_20990101_', LPAD({first}, 8, '0')) AND CONCAT('COIN_20990101_', LPAD({last}, 8, '0'));
INSERT INTO order_transitions (order_id, payment_id, to_status, actor, cause, created_at)
  SELECT o.id, NULL, 'PENDING', 'bench', 'created', o.created_at FROM coin_orders o JOIN payments p ON p.order_id = o.id
  WHERE p.provider_txn_id LIKE 'pi_bench_%' AND o.order_no BETWEEN
  CONCAT('COIN_20990101_', LPAD({first}, 8, '0')) AND CONCAT('COIN_20990101_', LPAD({last}, 8, '0'))
  UNION ALL SELECT o.id, p.id, 'PENDING', 'bench', 'created', o.created_at FROM coin_orders o
  JOIN payments p ON p.order_id = o.id WHERE o.order_no BETWEEN
  CONCAT('COIN_20990101_', LPAD({first}, 8, '0')) AND CONCAT('COIN_20990101_', LPAD({last}, 8, '0'))
""")
        return first, last


def signed_requests(first, last):
    file = tempfile.NamedTemporaryFile("w", suffix=".requests", delete=False)
    template = json.dumps(event(intent("@INTENT@", 149, metadata={"order_no": "COIN_20990101_00000000"},
                                       description="Starter " + "x" * 600), event_id="@EVENT@"))
    with file:
        for number in range(first, last + 1):
            body = template.replace("@INTENT@", f"pi_bench_{number}").replace("@EVENT@", f"evt_bench_{number}")
            file.write(f"{sign(body)}\t{body}\n")
    return file.name


def compile_baseline():
    target = ARTEFACTS / "bench-baseline"
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libmariadb"], capture_output=True, text=True, check=True)
    subprocess.run(["gcc", "-O2", "-o", target, HERE / "baseline.c", *flags.stdout.split(), "-lpthread"], check=True)
    return target


def plain_sql(site, payments, program, threads):
    first, last = payments.make(SECONDS * 2_000)
    settings = dict(re.findall(r"export (\w+)='(.*)'", site.dev("env").stdout))
    output = subprocess.run(
        [program, settings["COINPAY_DB_SOCKET"], settings["COINPAY_DB_USER"], settings["COINPAY_DB_PASSWORD"],
         settings["COINPAY_DB_NAME"], str(threads), str(first), str(last)], capture_output=True, text=True, check=True).stdout
    count, seconds, p50, p99 = output.split()
    return {"rate": int(count) / float(seconds), "p50": float(p50), "p99": float(p99), "errors": 0}


def resident_mib(pid):
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()).group(1)) / 1024


def measure(site, payments, program):
    client = site.client()
    cookie = "coinpay_session=" + client.session.cookies["coinpay_session"]
    order = client.order()
    rows = []
    with Nginx() as static:
        for connections in CONNECTIONS:
            row = {"connections": connections, "return 200": wrk(static, connections, "plain.lua")}
            row["order"] = wrk(site.base + "/api/coin/order", connections, "plain.lua", BENCH_METHOD="POST",
                               BENCH_BODY='{"package_id":1,"payment_method":"MOCK"}', BENCH_COOKIE=cookie)
            row["status"] = wrk(site.base + f"/api/coin/order/status/{order['order_no']}", connections,
                                "plain.lua", BENCH_COOKIE=cookie)
            row["plain SQL"] = plain_sql(site, payments, program, min(connections, 64))
            requests = signed_requests(*payments.make(SECONDS * SETTLEMENTS_PER_SECOND_MAX))
            row["settlement"] = wrk(site.base + PATH, connections, "requests.lua", BENCH_FILE=requests)
            os.unlink(requests)
            rows.append(row)
    return rows


def report(rows, resident):
    print(f"{'connections':>11} {'what':<12} {'per second':>10} {'p50 ms':>8} {'p99 ms':>8} {'errors':>6} "
          f"{'of return 200':>13} {'of plain SQL':>12}")
    for row in rows:
        for what in ("return 200", "order", "status", "plain SQL", "settlement"):
            figures = row[what]
            print(f"{row['connections']:>11} {what:<12} {figures['rate']:>10.0f} {figures['p50']:>8.2f} "
                  f"{figures['p99']:>8.2f} {figures['errors']:>6} {figures['rate'] / row['return 200']['rate']:>13.3f} "
                  f"{figures['rate'] / row['plain SQL']['rate']:>12.2f}")
    print(f"worker's largest resident memory: {resident:.1f} MiB")


def main():
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    program = compile_baseline()
    with Stack("bench", COINPAY_DEV_ACCESS_LOG="off", COINPAY_DEV_MARIADB_OPTIONS="--innodb-buffer-pool-size=1G --plugin-load-add=ha_sequence",
               **SETTINGS) as site:
        payments = Payments(site)
        rows = measure(site, payments, program)
        resident = resident_mib(site.pid("worker"))
        alone = plain_sql(site, payments, program, 1)
        waits = latency.measure(site, payments)
    (ARTEFACTS / "bench.json").write_text(json.dumps({"time": time.time(), "rows": rows, "resident_mib": resident, "latency": waits}, indent=2))
    report(rows, resident)
    latency.report(waits, alone)


if __name__ == "__main__":
    main()
