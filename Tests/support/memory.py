"""How much memory a command takes at most."""

import re
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def run_measured(command, environment):
    """The result of a command and its largest memory in KB."""
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with ThreadPoolExecutor(1) as pool:
        output = pool.submit(process.communicate)
        memory_kb = 0
        while not output.done():
            memory_kb = max(memory_kb, peak_kb(process))
            time.sleep(0.02)
    return subprocess.CompletedProcess(command, process.returncode, *output.result()), memory_kb


def peak_kb(process):
    """The largest memory of a process so far, in KB; the system's own figure after its end counts pytest's too."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.M)
    return int(found[1]) if found else 0
