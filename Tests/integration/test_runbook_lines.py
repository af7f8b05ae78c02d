"""What the runbook says of log lines is so: each message is written at its level, and each critical one is explained."""

import re

from support.stack import ROOT

RUNBOOK = (ROOT / "Sources" / "coinpay" / "Documentation.docc" / "Runbook.md").read_text()
SECTION = RUNBOOK.split("## Critical log lines")[1].split("\n## ")[0]
SOURCES = "\n".join(path.read_text() for path in sorted((ROOT / "Sources").rglob("*.swift")))
# `write(.critical, "…"`, and where the level depends on something: `? .critical : .warning, "…"`.
CRITICAL = re.findall(r'\.critical(?: : \.\w+)?,\s*"([^"]*)"', SOURCES)


def test_each_message_has_the_level_that_the_runbook_says():
    bullets = re.findall(r"^- `([^`]*)`( \(a (\w+)\))?:", SECTION, re.M)
    assert len(bullets) > 10
    for message, _, level in bullets:
        written = re.findall(rf'\.(\w+)(?: : \.\w+)?,\s*"{re.escape(message)}', SOURCES)
        assert set(written) == {level or "critical"}, f"'{message}' is written as {written}"


def test_each_critical_message_is_explained():
    assert len(CRITICAL) > 10
    explained = re.findall(r"^- `([^`]*)`", SECTION, re.M)
    for message in CRITICAL:
        assert any(message.startswith(known) for known in explained), f"the runbook says nothing of '{message}'"
