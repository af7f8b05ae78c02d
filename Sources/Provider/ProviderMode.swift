/// Whether a provider moves money for us. Of the same account it stays the same whatever address is
/// called: providers have standby addresses, and operators have proxies.
public enum ProviderMode: String, CaseIterable, Sendable {
  case live
  /// The provider plays (沙箱).
  case sandbox
}

/// What an address names.
public struct GatewayAddress {
  /// In lower case, without a port.
  public let host: String
  /// Its parts in lower case, without the query.
  public let pathParts: [String]

  /// - Parameter url: anything that an operator may have written.
  public init(_ url: String) {
    let plain = url.lowercased().prefix { $0 != "?" && $0 != "#" }
    let rest = plain.hasPrefix("https://") ? plain.dropFirst(8) : plain.trimmingPrefix("http://")
    let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
    let authority = parts.first?.split(separator: "@").last ?? ""
    host = String(authority.prefix { $0 != ":" })
    pathParts = parts.dropFirst().filter { !$0.isEmpty }.map { String($0) }
  }

  /// Whether it is a host or lies below it.
  public func isWithin(_ domain: String) -> Bool { host == domain || host.hasSuffix(".\(domain)") }
}
