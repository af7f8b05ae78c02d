import Provider
import Settings
import Vocabulary

extension Settings {
  /// All that are declared, those of providers behind the site's own.
  static var groups: [SettingGroup] {
    SiteSetting.groups + Registry.descriptors.map(\.settings).filter { !$0.settings.isEmpty }
  }

  /// The settings in force as people read them, without secrets.
  ///
  /// - Parameter told: what holds of those whose standard value others tell.
  static func lines(
    _ reader: SettingsReader, _ providers: [(descriptor: ProviderDescriptor, plan: ProviderPlan)],
    told: [Setting: String]
  ) -> [(name: String, value: String)] {
    let states = Registry.real.map { descriptor in
      let plan = providers.first { $0.descriptor.method == descriptor.method }?.plan
      return (name: descriptor.label, value: plan.map { "on, \($0.summary)" } ?? "off")
    }
    return states
      + groups.flatMap(\.settings).map { setting in
        (name: setting.name, value: shown(setting, reader.text(setting), told[setting]))
      }
  }

  private static func shown(_ setting: Setting, _ value: String?, _ told: String?) -> String {
    guard let value else {
      return (told ?? setting.standard).map { "\($0) (standard)" } ?? "not set"
    }
    if setting.isSecret { return "<secret>" }
    // A key or certificate is many lines; the name of its file is not.
    if setting.kind == .key, !value.hasPrefix("/") { return "set" }
    return value
  }
}
