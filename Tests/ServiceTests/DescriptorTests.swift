import Kit
import Provider
import Settings
import Testing
import Vocabulary

@testable import Service

/// What holds of every provider's descriptor, and what follows from them.
@Suite struct DescriptorTests {
  static let real = Registry.descriptors.filter { !$0.face.isPlayed }

  @Test func `each method is named once, and only development plays`() {
    #expect(Set(Registry.faces.methods).count == Registry.descriptors.count)
    #expect(Registry.descriptors.filter { $0.face.isPlayed }.map { $0.method } == [.mock])
    #expect(Set(Registry.faces.real) == Set(Self.real.map(\.method)))
  }

  @Test func `tests play methods that there are`() {
    #expect(Set(MethodFaces.forTests.methods).isSubset(of: Registry.faces.methods))
  }

  @Test(arguments: real.indices)
  func `a provider's settings begin with its name, and setup asks for some of them`(index: Int) {
    let descriptor = Self.real[index]
    let settings = descriptor.settings.settings
    #expect(!settings.contains { !$0.name.hasPrefix("\(descriptor.method)_") })
    #expect(!descriptor.questions.settings.isEmpty)
    #expect(Set(descriptor.questions.settings).isSubset(of: settings))
    #expect(settings.contains { $0.isSecret })
    #expect(!descriptor.notifying.samples.isEmpty)
    #expect(Registry.reservedNames.contains(descriptor.method.rawValue.lowercased()))
    for code in ["zh-CN", "en", "fr"] { #expect(!descriptor.face.name.text(in: code).isEmpty) }
  }

  @Test func `every setting is declared once`() {
    let names = Settings.groups.flatMap(\.settings).map(\.name)
    #expect(Set(names).count == names.count)
  }

  @Test(arguments: real.indices)
  func `a provider is off without its settings, and says what is missing of them`(index: Int) {
    let descriptor = Self.real[index]
    let site = ProviderDescriptor.SiteFacts(baseURL: "https://shop.example", isProduction: true)
    var empty = SettingsReader([:])
    #expect(descriptor.read(&empty, site) == nil)
    #expect(empty.problems == [])
    for setting in descriptor.questions.settings {
      var reader = SettingsReader([setting.name: "x"])
      _ = descriptor.read(&reader, site)
      let others = descriptor.questions.settings.filter { $0 != setting }
      #expect(reader.problems.contains { line in others.contains { line.hasPrefix($0.name) } })
    }
  }

  @Test func `the played provider is off in production`() throws {
    let mock = try #require(Registry.descriptors.first { $0.face.isPlayed })
    var reader = SettingsReader([:])
    #expect(
      mock.read(&reader, .init(baseURL: "https://shop.example", isProduction: true)) == nil)
    #expect(mock.read(&reader, .init(baseURL: "http://localhost", isProduction: false)) != nil)
  }

  @Test func `the template has every setting, and those of a new site are what it says`() {
    let lines = SettingsTemplate.text.split(separator: "\n").map { String($0) }
    for setting in Settings.groups.flatMap(\.settings) {
      let start = setting.isPreset ? "\(setting.name)=" : "#\(setting.name)="
      #expect(lines.filter { $0.hasPrefix(start) }.count == 1, "\(setting.name)")
      #expect(!setting.isSecret || !setting.isPreset)
    }
    #expect(lines.allSatisfy { $0.count <= 120 })
  }

  @Test func `a standard value is one that its setting takes`() {
    for setting in Settings.groups.flatMap(\.settings) + SiteSetting.unlisted {
      switch setting.kind {
      case .number(let bounds):
        let standard = setting.standard.flatMap { Int($0) }
        #expect(standard.map { bounds.contains($0) } == true, "\(setting.name)")
      case .choice(let words):
        let named = [setting.standard, setting.example].compactMap { $0 }
        #expect(named.allSatisfy { words.contains($0) }, "\(setting.name)")
      case .text, .amounts, .key: break
      }
    }
  }

  @Test func `nginx knows the address of every provider that moves money`() throws {
    let files = Dictionary(uniqueKeysWithValues: NginxFacts.files)
    let notify = try #require(files["coinpay-notify.conf"])
    let origins = try #require(files["coinpay-providers.conf"])
    for descriptor in Self.real {
      #expect(notify.contains(descriptor.method.rawValue.lowercased()))
      let page = descriptor.page
      for origin in page.scripts + page.connections + page.frames {
        #expect(origins.contains(" \(origin)"))
      }
    }
    #expect(!notify.contains("mock"))
  }
}
