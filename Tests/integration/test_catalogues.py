"""Every word that people read is in the catalogues, where it has both languages."""

import html.parser
import re

import pytest

from support.stack import ROOT

PAGES = ROOT / "Sources" / "Pages"
CATALOGUES = {"Texts+Chinese.swift", "Names.swift"}
SPOKEN_ATTRIBUTES = {"alt", "title", "aria-label", "placeholder", "aria-description"}
HAN = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
PROSE = re.compile(r"[A-Za-z]{2,}[,;]? [a-z]{2,}")
SENTENCE = re.compile(r"[A-Za-z]?[a-z]+([,;:]? [a-z]+)+[.!?…]?")


class Words(html.parser.HTMLParser):
    """What is left of a template between its tags and in attributes that are read out."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_data(self, text):
        self.found += re.findall(r"\w+", text)

    def handle_starttag(self, _, attributes):
        for name, value in attributes:
            if name in SPOKEN_ATTRIBUTES:
                self.found += re.findall(r"\w+", value or "")


def templates():
    return sorted((PAGES / "Templates").glob("*.mustache"))


@pytest.mark.parametrize("template", templates(), ids=lambda path: path.stem)
def test_a_template_has_no_words_of_its_own(template):
    text = template.read_text()
    if template.name == "pay_texts.mustache":
        text = f"<p {text}></p>"
    words = Words()
    words.feed(re.sub(r"\{\{.*?\}\}", "", text))
    assert words.found == []


def literals(text, quotes):
    """String literals of a source, without its comments and without what is interpolated."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"(?m)(^|\s)//.*$", "", text)
    for quote in quotes:
        for literal in re.findall(rf"{quote}((?:\\.|[^{quote}\\\n])*){quote}", text):
            yield literal


def test_the_script_has_no_words_of_its_own():
    for script in (PAGES / "Assets").glob("*.js"):
        found = [literal for literal in literals(script.read_text(), '"`')
                 if HAN.search(literal) or (SENTENCE.fullmatch(literal) and literal != "use strict")]
        assert found == [] or script.name.startswith("admin"), script.name


SWIFT = sorted(path for room in ("Pages", "Routes", "AdminPages", "AdminRoutes") for path in (ROOT / "Sources" / room).rglob("*.swift"))


@pytest.mark.parametrize("source", SWIFT, ids=lambda path: path.name)
def test_swift_code_has_no_words_outside_the_catalogues(source):
    if source.name in CATALOGUES:
        return
    assert [literal for literal in literals(source.read_text(), '"') if HAN.search(literal)] == []


def phrases():
    """The names in the enum of all phrases."""
    text = re.sub(r"//.*", "", (PAGES / "Texts" / "Phrase.swift").read_text())
    return re.findall(r"\w+", text[text.index("{"):].replace("case ", " "))


def test_every_phrase_is_said_somewhere():
    spoken = "".join(
        path.read_text() for path in (ROOT / "Sources").rglob("*")
        if path.suffix in (".swift", ".mustache") and not path.name.startswith(("Texts+", "Phrase.")))
    names = phrases()
    assert len(names) > 700 and [name for name in names if not re.search(rf"\.{name}\b", spoken)] == []


def test_answers_speak_only_by_codes():
    """English sentences in the routes are for operators: log lines and what a supervisor asks."""
    for source in (ROOT / "Sources" / "Routes").rglob("*.swift"):
        if source.name == "HealthRoutes.swift":
            continue
        text = re.sub(r"(?s)(logger\.\w+|note)\(.*?\)\n", "", source.read_text())
        text = re.sub(r'"""(.*?)"""', "", text, flags=re.S)
        found = [literal for literal in literals(text, '"')
                 if PROSE.match(literal) and not literal.startswith(("default-src", "SELECT"))]
        assert found == [], source.name
