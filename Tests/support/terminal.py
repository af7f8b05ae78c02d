"""A person at a terminal: sees what a program writes, and types."""

import os
import pty
import select
import subprocess
import termios
import time

SECONDS_MAX = 60


class Terminal:
    def __init__(self, command):
        self.screen, terminal = pty.openpty()
        self.process = subprocess.Popen(command, preexec_fn=lambda: os.login_tty(terminal), pass_fds=[terminal])
        os.close(terminal)
        # All that was written, and where the last expectation ended.
        self.seen, self.at = "", 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.screen)

    def read(self, seconds):
        """Whether the program wrote something; None at its end."""
        if not select.select([self.screen], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.screen, 65536)
        except OSError:
            return None
        self.seen += data.decode(errors="replace")
        return True

    def expect(self, text):
        """Waits until something is written behind what was expected before."""
        end = time.monotonic() + SECONDS_MAX
        while (found := self.seen.find(text, self.at)) < 0:
            assert time.monotonic() < end and self.read(1) is not None, f"{text!r} did not come:\n{self.seen[self.at:]}"
        self.at = found + len(text)

    def type(self, line):
        os.write(self.screen, line.encode() + b"\n")

    def answer(self, question, line):
        self.expect(question)
        self.type(line)

    def interrupt(self):
        """Ctrl-C."""
        os.write(self.screen, b"\x03")

    def shows_typing(self):
        return bool(termios.tcgetattr(self.screen)[3] & termios.ECHO)

    def wait(self):
        """The exit status, once all was read."""
        end = time.monotonic() + SECONDS_MAX
        while self.read(1) is not None:
            assert time.monotonic() < end, self.seen
        return self.process.wait()
