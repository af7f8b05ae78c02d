"""Lets a site's worker and commands believe in another time than the machine, in both directions."""

import contextlib
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("shifted_clock.c")


def set_clock(site, seconds):
    """Restarts the worker with a clock that is so much ahead of the right one, or behind it; 0 sets it right."""
    for name in ("LD_PRELOAD", "CLOCK_SHIFT_SECONDS"):
        site.environment.pop(name, None)
    if seconds:
        library = site.folder / "shifted_clock.so"
        if not library.exists():
            subprocess.run(["clang", "-shared", "-fPIC", "-O1", "-o", library, SOURCE], check=True)
        site.environment |= {"LD_PRELOAD": str(library), "CLOCK_SHIFT_SECONDS": str(seconds)}
    site.start_worker()
    site.wait_ready()


@contextlib.contextmanager
def clock_ahead(site, seconds):
    set_clock(site, seconds)
    try:
        yield
    finally:
        set_clock(site, 0)
