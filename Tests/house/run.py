"""What a change costs: each is made in a throw-away clone, built, tested, and the existing files that it
touched are counted. usage: Tests/house/run.py [NAME ...]"""

import dataclasses
import pathlib
import re
import subprocess
import sys
import tempfile
import typing

ROOT = pathlib.Path(__file__).resolve().parents[2]


class House:
    """A clone of the committed tree."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)

    def run(self, *command: str, check: bool = True) -> str:
        result = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        if check and result.returncode != 0:
            sys.exit(f"{' '.join(command)} failed:\n{result.stdout[-4000:]}\n{result.stderr[-4000:]}")
        return result.stdout + result.stderr

    def write(self, path: str, text: str):
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def read(self, path: str) -> str:
        return (self.folder / path).read_text()

    def change(self, path: str, old: str, new: str):
        text = self.read(path)
        assert text.count(old) == 1, f"{path} has {text.count(old)} times: {old}"
        self.write(path, text.replace(old, new))

    def touched(self) -> list[str]:
        return self.run("git", "diff", "--name-only", "--diff-filter=M").split()

    def begin_again(self):
        self.run("git", "checkout", "--quiet", "--", ".")
        self.run("git", "clean", "--quiet", "-fd")


def add_provider(house: House):
    """A fifth provider: the played one under another name, with a setting that turns it on."""
    folder = "Sources/Providers/Fifth/"
    provider = house.read("Sources/Providers/Mock/MockProvider.swift")
    provider = provider.replace("MockProvider", "FifthProvider").replace('"mock"', '"fifth"')
    provider = provider.replace("method: PaymentMethod { .mock }", "method: PaymentMethod { .fifth }")
    provider = provider.replace(".mock(id: payment.outTradeNo)", '.redirect(url: "https://fifth.example/pay")')
    house.write(folder + "FifthProvider.swift", provider)
    house.write(folder + "FifthDescriptor.swift", '''import Crypto
public import Provider
import Settings
import Vocabulary

extension PaymentMethod {
  static let fifth = PaymentMethod("FIFTH")
}

extension FifthProvider {
  private static let account = Setting("FIFTH_ACCOUNT", help: "Turns the fifth provider on.")
  private static let key = Setting("FIFTH_KEY", isSecret: true)

  public static let descriptor = ProviderDescriptor(
    face: MethodFace(
      method: .fifth, name: LocalText(chinese: "第五", english: "Fifth"),
      goOn: LocalText(chinese: "前往第五", english: "Go on to Fifth"), colour: "#555555"),
    label: "Fifth", knownAs: ["fifth"], settings: SettingGroup([account, key]),
    questions: ProviderDescriptor.Questions(label: "Fifth", [account, key]),
    notifying: ProviderDescriptor.Notifying(samples: [
      .json(userAgent: "Fifth/1.0", contentType: "application/json")
    ]),
    read: { (reader, site) in
      guard reader.hasAny(of: [account, key]) else { return nil }
      _ = (reader.required(account), reader.secret(key))
      return ProviderPlan(
        summary: "fifth", notifyURL: site.address(ProviderDescriptor.notifyPath(of: .fifth))
      ) { _ in FifthProvider(currency: .cny) }
    })
}
''')
    house.change("Package.swift", '    room(\n      "Mock",', '''    room(
      "Fifth", ["Crypto", "HTTP", "Provider", "Settings", "Vocabulary", httpTypes],
      path: "Sources/Providers/Fifth"),
    room(
      "Mock",''')
    house.change("Package.swift", '"Documents", "Duties", "FastCGI",', '"Documents", "Duties", "FastCGI", "Fifth",')
    registry = "Sources/Service/Registry.swift"
    house.change(registry, "import HTTPSClient\n", "import Fifth\nimport HTTPSClient\n")
    house.change(registry, "    StripeProvider.descriptor,\n", "    StripeProvider.descriptor, FifthProvider.descriptor,\n")


def add_setting(house: House):
    """A setting that is declared, listed, shown and explained; what reads it is a file of its own."""
    file = "Sources/Service/Settings/SiteSetting.swift"
    house.change(file, "  static let faultPoint = Setting(", '''  static let greeting = Setting(
    "COINPAY_GREETING", standard: "hello", help: "What the shop says first.")
  static let faultPoint = Setting(''')
    house.change(file, "    SettingGroup([authority]),\n", "    SettingGroup([authority, greeting]),\n")
    house.write("Sources/Service/Settings/Greeting.swift", '''import Settings

enum Greeting {
  static func read(_ variables: [String: String]) -> String {
    var reader = SettingsReader(variables)
    return reader.required(SiteSetting.greeting)
  }
}
''')


def add_language(house: House):
    """French with two lines; the rest is English until somebody has translated it."""
    house.write("Sources/Pages/Texts/Texts+French.swift", '''extension Language {
  static let french = Language(code: "fr", name: "Français", isComplete: false) { phrase in
    switch phrase {
    case .coinTitle: "Pièces"
    case .payTitle: "Payer"
    default: nil
    }
  }
}
''')
    house.change("Sources/Pages/Texts/Language.swift", "all: [Language] = [.chinese, .english]",
                 "all: [Language] = [.chinese, .english, .french]")


@dataclasses.dataclass
class Cost:
    make: typing.Callable[[House], None]
    files_max: int
    """Existing files that may be touched."""
    tests: str
    """The Swift tests that have to pass afterwards."""


COSTS = {
    "provider": Cost(add_provider, 2, "DescriptorTests|RouteTests|PagesTests"),
    "setting": Cost(add_setting, 1, "DescriptorTests|RouteTests"),
    "language": Cost(add_language, 1, "PagesTests|AdminPagesTests|RouteTests"),
}


def main(names: list[str]) -> bool:
    is_well = True
    with tempfile.TemporaryDirectory() as folder:
        house = House(pathlib.Path(folder) / "coinpay")
        for name in names:
            cost = COSTS[name]
            cost.make(house)
            touched = house.touched()
            house.run("swift", "build", "--build-tests", "--explicit-target-dependency-import-check", "error")
            result = house.run("swift", "test", "--skip-build", "--filter", cost.tests, check=False)
            passed = re.search(r"Test run with [1-9]\d* tests .* passed", result) is not None
            verdict = "ok" if passed and len(touched) <= cost.files_max else "TOO DEAR" if passed else "BROKEN"
            print(f"{verdict:8}  {name}: {len(touched)} existing files of at most {cost.files_max}: {', '.join(touched)}",
                  flush=True)
            if not passed:
                print(result[-4000:])
            is_well &= verdict == "ok"
            house.begin_again()
    return is_well


if __name__ == "__main__":
    wanted = sys.argv[1:] or list(COSTS)
    for name in wanted:
        if name not in COSTS:
            sys.exit(f"'{name}' is no change that is tried; there are: {', '.join(COSTS)}")
    sys.exit(0 if main(wanted) else 1)
