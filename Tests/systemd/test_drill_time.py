"""How long the drill of a large shop takes; the figures are kept in .test/artefacts/drill.json."""

import json
import os

from support.planted_ledger import plant
from support.stack import ARTEFACTS
from support.vault import SETS

LINES = int(os.environ.get("COINPAY_TEST_LEDGER_LINES", "1000000"))


# What the shop sold before is sealed by a key that planting takes away.
EMPTIED = ["ledger_entries", "wallets", "order_transitions", "coin_order_prices", "payment_events", "payments", "coin_orders"]


def test_the_drill_of_a_large_shop(vault, shop):
    shop.run("mariadb", "coinpay", stdin="SET SESSION foreign_key_checks = 0; "
             + "".join(f"DELETE FROM {table}; " for table in EMPTIED)
             + "INSERT INTO wallets (user_id, head_hash, updated_at) SELECT id, UNHEX(REPEAT('00', 32)), UTC_TIMESTAMP(6) FROM users")
    plant(lambda statements: shop.run("mariadb", "coinpay", stdin=statements, seconds=600), LINES)
    shop.run("coinpay", "backup", "full", seconds=900)
    shop.run("coinpay", "backup", "drill", seconds=1800)
    lines, = shop.sql("SELECT COUNT(*) FROM ledger_entries")[0]
    figures = {
        "ledger_lines": int(lines),
        "data_megabytes": int(shop.shell("du -sm /var/lib/mysql/coinpay").split()[0]),
        "backup_megabytes": int(shop.shell(f"du -sm {SETS}").split()[0]),
        "drill_seconds": int(shop.read("/var/lib/coinpay/status/drill/seconds")),
    }
    assert figures["ledger_lines"] >= LINES
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    (ARTEFACTS / "drill.json").write_text(json.dumps(figures, indent=2))
    print(figures)
