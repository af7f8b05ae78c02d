"""Forms of the pages, filled in and sent as a browser without scripts does."""

import html.parser
import urllib.parse


class Form:
    def __init__(self, attributes):
        self.action = attributes.get("action")
        self.method = attributes.get("method", "get")
        self.fields = {}
        self.buttons = []


class PageReader(html.parser.HTMLParser):
    """The forms of a page with what their fields hold."""

    def __init__(self):
        super().__init__()
        self.forms, self.form = [], None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.form = Form(attributes)
            self.forms.append(self.form)
        if not self.form or not attributes.get("name"):
            return
        if tag == "button":
            self.form.buttons.append((attributes["name"], attributes.get("value", "")))
        elif tag == "input" and (attributes.get("type") != "radio" or "checked" in attributes):
            self.form.fields[attributes["name"]] = attributes.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None


def forms(page):
    reader = PageReader()
    reader.feed(page.text)
    return reader.forms


def form_with(page, name, value=None):
    """The form that has a field or a button of that name, and of that value."""
    for form in forms(page):
        known = [*form.fields.items(), *form.buttons]
        if any(n == name and (value is None or v == value) for n, v in known):
            return form
    raise AssertionError(f"the page has no form with {name}={value}")


def send(client, path, form, headers=None, **fields):
    """Sends a form; a redirect is not followed."""
    headers = {"Origin": client.base, "Sec-Fetch-Site": "same-origin", **(headers or {})}
    return client.session.post(
        client.base + (form.action or path), data={**form.fields, **fields}, headers=headers,
        allow_redirects=False, timeout=60)


def place(answer):
    """Where an answer leads to, without the host."""
    assert answer.status_code == 303, (answer.status_code, answer.text[:300])
    parts = urllib.parse.urlsplit(answer.headers["Location"])
    assert not parts.scheme and not parts.netloc, answer.headers["Location"]
    return answer.headers["Location"]
