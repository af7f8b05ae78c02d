"""The commands that the README shows do what it says."""

import os
import re
import subprocess

from support.stack import ROOT

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.S)


def block_with(word):
    return next(block for block in BLOCKS if word in block)


def test_buying_by_hand_works_as_written(site):
    script = block_with("mock_payment_id")
    before = site.client().balance()
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], capture_output=True, text=True, timeout=60,
        env={**os.environ, "COINPAY_BASE_URL": site.base})
    assert result.returncode == 0, result.stderr
    assert site.client().balance() == before + 100
    assert f'"balance":{before + 100}' in result.stdout


def test_proving_the_books_works_as_written(site):
    assert block_with("ledger verify").strip() == "nginx/dev coinpay ledger verify"
    assert "the ledger holds" in site.coinpay("ledger", "verify").stdout


def test_every_command_that_is_named_exists(site):
    names = set(re.findall(r"`?coinpay ((?:[a-z]+ ?)+)", README))
    for name in names:
        words = name.split()
        while words:
            if site.coinpay(*words, "--help", check=False).returncode == 0:
                break
            words.pop()
        assert words, f"coinpay {name} does not exist"


def test_packages_are_made_as_written(site):
    for line in block_with("package create").strip().splitlines():
        arguments = line.removeprefix("coinpay ").split()
        assert site.coinpay(*arguments).returncode == 0


def test_every_place_that_is_named_exists():
    for path in re.findall(r"`((?:Sources|nginx|systemd|Tests)/[\w./-]*)`", README):
        assert (ROOT / path).exists(), path


def test_the_two_commands_are_there():
    assert BLOCKS[0].strip() == "nginx/dev" and BLOCKS[1].strip() == "Tests/run"
    for command in ("nginx/dev", "Tests/run"):
        assert os.access(ROOT / command, os.X_OK)


def test_looking_after_it_works_as_written(site):
    for line in block_with("suspense list").strip().splitlines():
        result = site.coinpay(*line.split()[1:], check=False)
        assert result.returncode in (0, 1) and not result.stderr, result.stderr
