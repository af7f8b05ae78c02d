"""The package as other versions of itself."""

import re
import shutil
import subprocess

from .stack import ROOT

BROKEN_SERVER = ROOT / "Tests" / "systemd" / "broken.py"


def repack(package, version, folder, program=None):
    """The package as another version, with another program in it."""
    tree = folder / version
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    control = tree / "DEBIAN" / "control"
    control.write_text(re.sub(r"Version: .*", f"Version: {version}", control.read_text()))
    libexec = tree / "usr" / "lib" / "coinpay"
    (libexec / "version").write_text(version + "\n")
    if program:
        (libexec / "coinpay").rename(libexec / "real")
        (libexec / "coinpay").write_text(program)
        (libexec / "coinpay").chmod(0o755)
        shutil.copy(BROKEN_SERVER, libexec / "broken.py")
    target = folder / f"coinpay_{version}.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "-b", tree, target], check=True, capture_output=True)
    return target
