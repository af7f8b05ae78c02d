"""What no log may hold: every secret that tests use, noted for the suite `logs`, which looks for all of them in all logs of
a run. Tests of several processes may note at the same time."""

import fcntl
import json
import os
import re
import threading
import urllib.parse
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / ".test" / "secrets"
# Shorter texts would be found by chance.
CHARACTERS_MIN = 8
# Passwords of the demo accounts, which the README tells.
PUBLIC = {"demo-password", "admin-password"}

# Settings that are secret, by name; of the rest, paths and addresses are none.
SETTINGS = {
    re.compile(r"DB_PASSWORD$"): "database password",
    re.compile(r"^COINPAY_SESSION_KEY$"): "session key",
    re.compile(r"^COINPAY_ENCRYPTION_KEYS$"): "encryption key",
    re.compile(r"PRIVATE_KEY$|CLIENT_KEY$"): "private key",
    re.compile(r"WEBHOOK_SECRET$"): "webhook secret",
    re.compile(r"SECRET_KEY$|API_KEY$|API_V3_KEY$"): "API key",
}
# Members of bodies and answers.
MEMBERS = {
    "password": "password", "current": "password", "new": "password", "email": "mail address",
    "secret": "TOTP seed", "otpauth_url": "TOTP seed", "recovery_codes": "recovery code", "enrolment_code": "recovery code",
    "client_secret": "client secret",
}
SESSION_COOKIES = ("coinpay_session", "__Host-coinpay_session")

noted = set()
noting = threading.Lock()


def note(kind, *texts):
    """Notes secrets of one kind. A key in PEM is noted line by line; public parts are none."""
    fresh = [text for whole in texts for text in parts(whole) if (kind, text) not in noted]
    if not fresh:
        return
    lines = "".join(json.dumps([kind, text]) + "\n" for text in fresh)
    with noting:
        noted.update((kind, text) for text in fresh)
        FILE.parent.mkdir(exist_ok=True)
        handle = os.open(FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(lines)


def parts(text):
    lines = [line.strip() for line in str(text).splitlines()]
    return [line for line in lines
            if len(line) >= CHARACTERS_MIN and line not in PUBLIC and not line.startswith("-----")]


def note_settings(settings):
    """Notes the secret ones of a site's settings; a value may be the path of a file."""
    for name, value in settings.items():
        for pattern, kind in SETTINGS.items():
            if not pattern.search(name):
                continue
            text = str(value)
            if text.startswith("/"):
                text = Path(text).read_text() if Path(text).is_file() else ""
            # Several keys stand side by side, each behind its name.
            note(kind, *(re.sub(r"^[A-Za-z0-9]{1,8}:", "", part) for part in text.split(",")))


def note_members(value):
    """Notes what a body or an answer holds of secrets, at any depth."""
    if isinstance(value, list):
        for item in value:
            note_members(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            if name in MEMBERS and isinstance(item, (str, list)):
                texts = [text for text in ([item] if isinstance(item, str) else item) if isinstance(text, str)]
                # Tests also send what is no address.
                note(MEMBERS[name], *(text for text in texts if name != "email" or "@" in text))
            else:
                note_members(item)


def note_answer(answer, *_, **__):
    """As a hook of `requests`: notes what the request sent and what the answer brought."""
    for cookies in (answer.cookies, getattr(answer.request, "_cookies", None) or {}):
        for name in SESSION_COOKIES:
            if cookie := cookies.get(name):
                note("session cookie", cookie)
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        note_members(parsed(answer.text))
    body, kind = answer.request.body, answer.request.headers.get("Content-Type", "")
    if body and kind.startswith("application/json"):
        note_members(parsed(body))
    elif body and kind.startswith("application/x-www-form-urlencoded"):
        note_members(dict(urllib.parse.parse_qsl(body if isinstance(body, str) else body.decode(errors="replace"))))


def parsed(text):
    """The value of a JSON text; nothing for one that is none or too deep, as tests send too."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


class Noted(dict):
    """Texts by kind; a failing test does not print them."""

    def __repr__(self):
        return f"<{sum(map(len, self.values()))} secrets>"


def read():
    """All that was noted."""
    found = Noted()
    for line in FILE.read_text().splitlines():
        kind, text = json.loads(line)
        found.setdefault(kind, set()).add(text)
    return found
