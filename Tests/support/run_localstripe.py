"""Runs localstripe on 127.0.0.1 only; its own command listens on all interfaces."""

import os
import sys
import tempfile

sys.argv = sys.argv[:1]
os.chdir(tempfile.mkdtemp())

from aiohttp import web  # noqa: E402
from localstripe import server  # noqa: E402

web.run_app(server.app, host="127.0.0.1", port=int(os.environ["LOCALSTRIPE_PORT"]), print=None)
