"""The runbook as something to follow: its sections and their commands."""

import re

from . import noted_secrets
from .stack import ROOT

ARTICLE = ROOT / "Sources" / "coinpay" / "Documentation.docc" / "Runbook.md"


def sections():
    """The commands of each heading's `sh` blocks, in order, for those that have any."""
    found = {}
    for part in re.split(r"^#{2,3} ", ARTICLE.read_text(), flags=re.M)[1:]:
        heading = part.split("\n", 1)[0]
        commands = [line for block in re.findall(r"```sh\n(.*?)```", part, re.S) for line in block.splitlines()]
        if commands:
            assert heading not in found, f"two sections are called {heading}"
            found[heading] = commands
    return found


class Section:
    """Runs a section's commands on a machine, in the order in which they stand; none may be left out."""

    def __init__(self, heading, machine, **values):
        self.commands, self.machine, self.values = sections()[heading], machine, values
        self.at = 0

    def run(self, beginning, stdin=None, status=0, again=False):
        """The next command, which begins so, or with `again` one that was run before. Returns what it said."""
        if again:
            command = next(c for c in self.commands[:self.at] if c.startswith(beginning))
        else:
            assert self.at < len(self.commands), f"the section ends before {beginning}"
            command = self.commands[self.at]
            assert command.startswith(beginning), f"{command!r} comes before {beginning!r}"
            self.at += 1
        for name, value in self.values.items():
            command = re.sub(rf"\b{name}\b", str(value), command)
        noted_secrets.note_settings(dict(line.split("=", 1) for line in (stdin or "").splitlines() if "=" in line))
        result = self.machine.run("bash", "-c", command, stdin=stdin, check=False)
        said = result.stdout + result.stderr
        assert result.returncode in (status if isinstance(status, tuple) else (status,)), f"{command}\n{said}"
        return said

    def assert_done(self):
        assert self.at == len(self.commands), f"never run: {self.commands[self.at:]}"
