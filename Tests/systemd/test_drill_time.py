"""How long the drill of a large shop takes; the figures are kept in .test/artefacts/drill.json."""

import json
import os

from support.planted_ledger import plant
from support.stack import ARTEFACTS
from support.vault import SETS

LINES = int(os.environ.get("COINPAY_TEST_LEDGER_LINES", "1000000"))


def test_the_drill_of_a_large_shop(vault, shop):
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
