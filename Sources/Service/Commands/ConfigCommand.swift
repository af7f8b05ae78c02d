import ArgumentParser
import FoundationEssentials
import Provider
import Settings
import Vocabulary

struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "See the settings.",
    subcommands: [
      Check.self, Show.self, Template.self, Secrets.self, Questions.self, Nginx.self,
    ])

  struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List all problems of the settings; exit 78 when there is one.")

    func run() throws {
      _ = try Settings.load()
      Console.say("the settings are sound")
    }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the settings in force, without secrets.")

    func run() throws {
      for line in try Settings.load().lines { Console.say("\(line.name): \(line.value)") }
    }
  }

  struct Template: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Print the file of settings that a new site begins with: all, and what they are for.")

    func run() { print(SettingsTemplate.text, terminator: "") }
  }

  /// For the scripts of the package.
  struct Secrets: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Name the settings that are kept as credentials, each with its file.",
      shouldDisplay: false)

    func run() {
      for setting in Settings.groups.flatMap(\.settings) where setting.isSecret {
        Console.say("\(setting.name) \(setting.credential)")
      }
    }
  }

  /// For the scripts of the package.
  struct Questions: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Tell what setup asks of each provider: LABEL|NAME NAME.", shouldDisplay: false)

    func run() {
      for questions in Registry.descriptors.map(\.questions) where !questions.settings.isEmpty {
        let names = questions.settings.map(\.name).joined(separator: " ")
        Console.say("\(questions.label)|\(names)")
      }
    }
  }

  /// For those who build the package.
  struct Nginx: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the files of nginx that follow from the providers.", shouldDisplay: false)

    @Argument(help: "The folder.") var folder: String

    func run() throws {
      for (name, text) in NginxFacts.files {
        try Data(text.utf8).write(to: URL(filePath: folder).appending(path: name))
      }
    }
  }
}
