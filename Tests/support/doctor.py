"""What `coinpay doctor` says, for tests."""

import json

WELL, WARNINGS, FAILURES = 0, 1, 2


class Diagnosis:
    def __init__(self, result):
        assert result.returncode in (WELL, WARNINGS, FAILURES), result.stdout + result.stderr
        report = json.loads(result.stdout)
        self.code, self.level, self.text = result.returncode, report["level"], result.stdout
        self.findings = {(f["area"], f["name"]): f for f in report["findings"]}
        assert len(self.findings) == len(report["findings"]), "two findings have one name"

    def __getitem__(self, name):
        """The finding `area.name`."""
        return self.findings[tuple(name.split(".", 1))]

    def named(self, level):
        return {f"{area}.{name}" for (area, name), f in self.findings.items() if f["level"] == level}

    def assert_found(self, name, level, *words):
        found = self[name]
        assert found["level"] == level, found
        for word in words:
            assert word in found["text"] + " " + found.get("action", ""), found
        if level == "failure":
            assert self.code == FAILURES
        # Who is told of trouble is told what to do.
        if level in ("warning", "failure") and not name.startswith("providers."):
            assert found["action"], found


def diagnose(site, *options, **settings):
    """What doctor says of a site, under other settings for this once."""
    usual = dict(site.environment)
    site.environment |= {name: str(value) for name, value in settings.items()}
    try:
        return Diagnosis(site.coinpay("doctor", "--json", *options, check=False))
    finally:
        site.environment = usual
