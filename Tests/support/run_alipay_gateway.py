"""Runs Alipay's gateway for tests until the standard input ends; says the address first."""

import os
import sys
import time
from pathlib import Path

# The SDK is called alipay, like a file beside this one.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from support.alipay_gateway import Gateway  # noqa: E402

# The SDK writes the time of the machine's zone, where Alipay wants Beijing's.
os.environ["TZ"] = "CST-8"
time.tzset()
gateway = Gateway()
gateway.start()
print(gateway.base, flush=True)
sys.stdin.read()
