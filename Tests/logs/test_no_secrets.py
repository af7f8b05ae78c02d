"""No log of the whole run holds a secret: not the worker's, nginx's, MariaDB's, a machine's journal, or what a command said.

The suites before this one keep their logs in .test/artefacts/logs and note their secrets in .test/secrets."""

import json
import os
import subprocess
import urllib.parse

import pytest

from support import noted_secrets
from support.stack import ARTEFACTS

LOGS = ARTEFACTS / "logs"
# What each suite is known to keep and to use; it ran when one of its folders is there.
STACK_LOGS = ["worker.log", "nginx-error.log", "nginx-access.log", "mariadb.log", "commands.log"]
STACK_KINDS = ["database password", "session key", "encryption key", "password", "session cookie", "API key",
               "webhook secret", "private key", "client secret", "TOTP seed", "recovery code", "mail address"]
EXPECTED = {
    "integration": (STACK_LOGS, STACK_KINDS),
    "fault": (["worker.log", "mariadb.log"], ["database password", "session key"]),
    "browser": (["worker.log", "nginx-access.log"], ["session cookie", "password", "private key"]),
    "systemd": (["journal.log", "coinpay.log", "commands.log"], ["database password", "private key", "session cookie", "backup key"]),
    "unit": (["swift-test.log"], []),
}
SHOWN_FINDINGS_MAX = 50


@pytest.fixture(scope="session")
def noted():
    if not noted_secrets.FILE.exists() or not any(LOGS.rglob("*.log")):
        pytest.exit("there is nothing to look at: this suite reads what the others leave behind, so run them first, "
                    "such as: Tests/run integration logs", returncode=1)
    return noted_secrets.read()


def forms(text):
    """How a text may stand in a log."""
    return {text, urllib.parse.quote(text, safe=""), urllib.parse.quote_plus(text),
            json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}


def find(folder, noted, work):
    """Where secrets stand: file, line and kind, with no more of the secret than its beginning."""
    __tracebackhide__ = True
    kinds = {form: kind for kind, texts in noted.items() for text in texts for form in forms(text)}
    patterns = work / "patterns"
    patterns.write_text("".join(f"{form}\n" for form in kinds))
    found = subprocess.run(
        ["grep", "--recursive", "--text", "--fixed-strings", "--line-number", "--only-matching", "--file", patterns, folder],
        env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True, errors="replace", check=False)
    assert found.returncode in (0, 1), found.stderr
    findings = []
    for line in found.stdout.splitlines():
        path, number, match = line.split(":", 2)
        findings.append(f"{os.path.relpath(path, folder)}:{number} holds a {kinds.get(match, 'secret')}: {match[:4]}…")
    return findings


def test_a_planted_secret_of_every_kind_is_found(noted, tmp_path):
    folder = tmp_path / "logs" / "worker"
    folder.mkdir(parents=True)
    texts = {kind: min(texts) for kind, texts in noted.items()}
    lines = [f"2026-01-31T00:00:00Z info request path=/a?x={form}&y=1 user=1"
             for text in texts.values() for form in (text, urllib.parse.quote(text, safe=""))]
    (folder / "worker.log").write_text("".join(f"{line}\nnothing\n" for line in lines))
    found = find(folder.parent, noted, tmp_path)
    places = {finding.split(" ")[0] for finding in found}
    assert places == {f"worker/worker.log:{2 * number + 1}" for number in range(len(lines))}
    assert not any(text in finding for text in texts.values() for finding in found)


@pytest.mark.parametrize("suite", EXPECTED)
def test_what_a_suite_leaves_behind_is_there(noted, suite):
    """A suite that keeps nothing or notes nothing would make this test worth nothing."""
    if suite not in os.environ.get("COINPAY_TEST_SUITES", "").split():
        pytest.skip(f"the suite {suite} is not part of this run")
    files, kinds = EXPECTED[suite]
    kept = {path.name for path in LOGS.rglob("*.log") if path.stat().st_size}
    assert not set(files) - kept and not set(kinds) - set(noted)


def test_no_log_holds_a_secret(noted, tmp_path):
    found = find(LOGS, noted, tmp_path)
    assert not found, "\n".join([f"{len(found)} in all", *found[:SHOWN_FINDINGS_MAX]])


def test_only_its_owner_reads_what_was_noted(noted):
    assert noted_secrets.FILE.stat().st_mode & 0o077 == 0
