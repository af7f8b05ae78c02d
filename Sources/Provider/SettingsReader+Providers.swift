public import Settings
public import Vocabulary

extension SettingsReader {
  /// Whether a provider moves money for us.
  ///
  /// - Parameters:
  ///   - gateway: the setting of its address, and the address.
  ///   - known: the mode that the address is documented for; nil for any other address.
  public mutating func mode(
    _ setting: Setting, gateway: (setting: Setting, url: String), known: ProviderMode?
  ) -> ProviderMode {
    let mode = choice(setting, standard: known ?? ProviderMode.live)
    if let known, mode != known {
      problem(
        setting,
        "is \(mode.rawValue), but \(gateway.setting.name) is an address for \(known.rawValue)")
    }
    return mode
  }

  /// An address that a provider calls: ours, unless another is set.
  public mutating func notifyURL(
    _ setting: Setting, of method: PaymentMethod, _ site: ProviderDescriptor.SiteFacts
  ) -> String {
    let url = text(setting) ?? site.address(ProviderDescriptor.notifyPath(of: method))
    guard !url.isEmpty else { return url }
    if url.contains("?") || url.contains("#") {
      problem(setting, "must not have a query")
    } else if site.isProduction, let text = NotifyAddress.problem(url) {
      problem(setting, text)
    }
    return url
  }
}
