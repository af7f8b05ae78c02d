"""The pauses before a service that fails is started again, by a clock that the test moves."""

import os
import subprocess

import pytest

from support.stack import ROOT

WINDOW_SECONDS = 300
GROWING = [0, 1, 2, 4, 8, 16]
LONGEST = 30
# As many failures as are remembered, and more.
MANY = 25


class Service:
    """Fails and is started again as systemd does it; `date` and `sleep` are of a clock that stands still otherwise."""

    def __init__(self, folder):
        self.failures = folder / "failures"
        self.clock = folder / "clock"
        self.clock.write_text("1800000000\n")
        programs = folder / "programs"
        programs.mkdir()
        for name, script in (("date", f"cat {self.clock}"), ("sleep", f'echo $(($(cat {self.clock}) + $1)) >{self.clock}')):
            (programs / name).write_text(f"#!/bin/sh\n{script}\n")
            (programs / name).chmod(0o755)
        self.environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}

    @property
    def now(self):
        return int(self.clock.read_text())

    def run(self, verb, **variables):
        return subprocess.run([ROOT / "systemd" / "backoff", verb, self.failures], env={**self.environment, **variables}, text=True,
                              check=True, capture_output=True, timeout=10).stdout

    def fails(self, after=0, result="signal"):
        """The seconds that it waits when it ends after so many."""
        self.clock.write_text(f"{self.now + after}\n")
        began = self.now
        assert ("<2>the service failed" in self.run("note", SERVICE_RESULT=result)) == (result != "success")
        said = self.run("wait")
        waited = self.now - began
        assert (f"waiting {waited} s" in said) == (waited > 0)
        return waited


@pytest.fixture
def service(tmp_path):
    return Service(tmp_path)


def test_pauses_double_up_to_the_longest_and_stay_there(service):
    paused = [service.fails() for _ in range(MANY)]
    assert paused == GROWING + [LONGEST] * (MANY - len(GROWING))
    assert len(service.failures.read_text().split()) == 20


@pytest.mark.parametrize("lived", [1, 10])
def test_a_service_that_lives_for_seconds_waits_as_long(service, lived):
    assert [service.fails(after=lived) for _ in range(10)] == GROWING + [LONGEST] * 4


def test_failures_that_are_far_apart_are_each_the_first(service):
    assert [service.fails(after=WINDOW_SECONDS) for _ in range(5)] == [0] * 5
    assert service.fails(after=WINDOW_SECONDS - 1) == 1


def test_it_starts_over_after_a_calm_while(service):
    for _ in range(10):
        service.fails()
    # One second less, and the last of them still counts.
    assert service.fails(after=WINDOW_SECONDS - LONGEST - 1) == 1
    for _ in range(10):
        service.fails()
    assert [service.fails(after=WINDOW_SECONDS)] + [service.fails() for _ in range(6)] == GROWING + [LONGEST]


def test_an_end_without_failure_does_not_count(service):
    assert [service.fails(result="success") for _ in range(5)] == [0] * 5
    assert not service.failures.exists()


def test_what_a_clock_noted_that_was_ahead_does_not_count(service):
    for _ in range(10):
        service.fails()
    service.clock.write_text(f"{service.now - 86_400}\n")
    assert [service.fails() for _ in range(3)] == [0, 1, 2]
