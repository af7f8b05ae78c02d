"""Makes Sources/Accounts/CommonPasswords+List.swift of lists in Debian's packages.

    apt-get install python3-zxcvbn python3-django john-data hashcat-data
    /usr/bin/python3 Tests/support/common_passwords.py >Sources/Accounts/CommonPasswords+List.swift

Only what the shortest allowed password could be is kept: shorter ones are refused in any case.
"""

import gzip
from pathlib import Path

# As in Sources/Accounts/NewPassword.swift.
CHARACTERS_MIN = 10
SYSTEM = Path("/usr/lib/python3/dist-packages")


def lists():
    from zxcvbn.frequency_lists import FREQUENCY_LISTS
    yield FREQUENCY_LISTS["passwords"]
    with gzip.open(SYSTEM / "django/contrib/auth/common-passwords.txt.gz", "rt") as file:
        yield file.read().splitlines()
    text = Path("/usr/share/john/password.lst").read_text()
    yield [line for line in text.splitlines() if not line.startswith("#!")]
    text = Path("/usr/share/doc/hashcat-data/examples/example.dict").read_text(encoding="latin-1")
    yield text.split("\n")


HEAD = """\
// Made by Tests/support/common_passwords.py; not to be edited.

extension CommonPasswords {
  /// One a line, in lower case.
  static let list = #\"\"\"
"""
TAIL = """\
    \"\"\"#
}
"""

if __name__ == "__main__":
    found = {line.lower() for part in lists() for line in part}
    kept = sorted(line for line in found
                  if len(line) >= CHARACTERS_MIN and line.isascii() and line.isprintable() and line == line.strip()
                  and "&#" not in line)
    print(HEAD + "".join(f"    {line}\n" for line in kept) + TAIL, end="")
