"""What is in the package, and what becomes of a machine by it."""

import json
import os
import shutil
import subprocess

import pytest

from support.stack import ROOT


def fields(package, *names):
    return subprocess.run(["dpkg-deb", "-f", package, *names], check=True, capture_output=True, text=True).stdout


def test_lintian_has_nothing_to_say(package):
    result = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", package], capture_output=True, text=True)
    # A debug build for tests names the toolchain's folder, which a static one does not.
    findings = [line for line in result.stdout.splitlines() if "custom-library-search-path" not in line]
    assert not findings, result.stdout


def test_the_same_source_gives_the_same_package(package, tmp_path):
    binary = tmp_path / "coinpay"
    with_binary = os.environ.get("COINPAY_DEV_BINARY", ROOT / ".build" / "release" / "coinpay")
    # Other times and another folder must not show.
    shutil.copy(with_binary, binary)
    subprocess.run([ROOT / "systemd" / "build-deb", "--output", tmp_path, "--binary", binary, "--compression", "gzip"], check=True, capture_output=True)
    assert (tmp_path / package.name).read_bytes() == package.read_bytes()


def test_libraries_come_by_dependency(package):
    depends = fields(package, "Depends")
    for library in ("libmariadb3", "libfcgi0ldbl", "libssl3", "libcurl4", "libqrencode4", "systemd (>= 252)", "nginx"):
        assert library in depends, depends
    # One before it expands what a provider's XML names until the stack overflows.
    assert "libexpat1 (>= 2.5.0-1+deb12u2)" in depends


def test_what_is_in_it_is_listed(package):
    path = "./usr/share/doc/coinpay/sbom.cdx.json"
    whole = subprocess.run(["dpkg-deb", "--fsys-tarfile", package], check=True, capture_output=True).stdout
    listed = json.loads(subprocess.run(["tar", "-xO", path], input=whole, check=True, capture_output=True).stdout)
    assert (listed["bomFormat"], listed["metadata"]["component"]["name"]) == ("CycloneDX", "coinpay")
    names = {component["name"] for component in listed["components"]}
    pins = json.loads((ROOT / "Package.resolved").read_text())["pins"]
    assert {pin["identity"] for pin in pins} < names and {"libmariadb3", "libssl3", "libexpat1"} < names
    revisions = {value["value"] for component in listed["components"] for value in component.get("properties", [])}
    assert {pin["state"]["revision"] for pin in pins} == revisions


@pytest.mark.parametrize("options,is_hardened", [
    (["-pie", "-Wl,-z,relro,-z,now"], True), (["-pie", "-Wl,-z,relro,-z,lazy"], False), (["-pie", "-Wl,-z,norelro,-z,now"], False),
    (["-pie", "-Wl,-z,relro,-z,now,-rpath,/opt/lib"], False)])
def test_a_program_that_is_not_hardened_is_not_packed(tmp_path, options, is_hardened):
    source, program = tmp_path / "x.c", tmp_path / "x"
    source.write_text("int main(void) { return 0; }")
    subprocess.run(["clang", *options, "-o", program, source], check=True)
    check = subprocess.run(["bash", "-c", f"eval \"$(sed -n '/^hardened()/,/^}}/p' {ROOT}/systemd/build-deb)\"; hardened {program}"], check=False)
    assert (check.returncode == 0) == is_hardened


def test_settings_are_for_root_and_the_service_only(shop):
    assert shop.shell("stat -c '%a %U %G' /etc/coinpay/coinpay.env").strip() == "640 root coinpay"
    modes = shop.shell("find /etc/coinpay/credentials -type f -printf '%m %u %P\\n'").split("\n")
    assert modes and all(line.startswith("600 root ") for line in modes if line), modes
    for secret in shop.shell("cat /etc/coinpay/credentials/*/*").split():
        assert secret not in shop.read("/etc/coinpay/coinpay.env") and secret not in shop.journal()


def test_manual_and_completion_know_the_commands(shop):
    manual = shop.shell("man --warnings -P cat coinpay 2>&1")
    assert "coinpay deploy upgrade" in manual and "warning:" not in manual
    words = shop.shell("""
        source /usr/share/bash-completion/completions/coinpay
        COMP_WORDS=(coinpay deploy ''); COMP_CWORD=2; COMP_LINE='coinpay deploy '; COMP_POINT=15
        _coinpay coinpay '' deploy; echo "${COMPREPLY[@]}" """)
    assert "rollback" in words, words


def test_the_command_runs_with_the_sites_settings(shop):
    assert "COINPAY_ENV: production" in shop.run("coinpay", "config", "show").stdout
    assert "the ledger holds" in shop.run("coinpay", "ledger", "verify").stdout
    assert shop.run("coinpay", "user", "disable", "nobody-here", check=False).returncode == 1
    refused = shop.run("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "coinpay", "config", "show", check=False)
    assert refused.returncode == 77 and "sudo" in refused.stderr


def test_the_record_names_who_ran_a_command(shop):
    shop.shell("SUDO_USER=li coinpay coins grant boss 1 --reason wages")
    shop.shell("coinpay coins deduct boss 1 --reason wages")
    shop.shell("SUDO_USER=boss coinpay coins grant boss 1 --reason wages", check=False)
    actors = [row[0] for row in shop.sql("SELECT actor FROM operator_actions WHERE action IN ('GRANT_COINS', 'DEDUCT_COINS') ORDER BY id")]
    assert actors == ["cli:li", "cli:root"]
    # Who has an account of the site is the same person at the shell, and serves that account by another one's word.
    assert shop.sql("SELECT requested_by, status FROM operator_requests") == [["cli:boss", "OPEN"]]


def test_setup_can_be_repeated_and_keeps_secrets_and_traffic(shop):
    before = shop.read("/etc/coinpay/credentials/coinpay/encryption_keys")
    shop.setup()
    assert shop.read("/etc/coinpay/credentials/coinpay/encryption_keys") == before
    assert shop.is_ready()
    refused = shop.setup("--certificate", "/shared/site.pem", "--key", "/shared/ca.key", check=False)
    assert refused.returncode == 1 and "is not the key of" in refused.stderr
    assert shop.is_ready()
