import Provider
import Settings
import Vocabulary

/// Where a provider calls.
struct NotifyTarget {
  let descriptor: ProviderDescriptor
  let url: String

  static func all(_ settings: Settings) -> [NotifyTarget] {
    settings.providers.compactMap { (descriptor, plan) in
      plan.notifyURL.map { NotifyTarget(descriptor: descriptor, url: $0) }
    }
  }

  var name: String { descriptor.method.rawValue.lowercased() }

  /// The variable to mend, where the provider is not told in its own console.
  var setting: String { descriptor.notifying.setting?.name ?? SiteSetting.baseURL.name }

  /// The paths that the worker answers for this provider.
  private var paths: [String] {
    let usual = ProviderDescriptor.notifyPath(of: descriptor.method)
    return descriptor.notifying.hasOldPath ? [usual, "/api/payment/\(name)/notify"] : [usual]
  }

  /// What is wrong with the address as a text; nil when nothing is.
  func problem(baseURL: String) -> String? {
    if let problem = NotifyAddress.problem(url) { return "\(url) \(problem)" }
    let path = url.dropFirst(NotifyTarget.origin(url).count)
    guard paths.contains(String(path)) else {
      return "\(url) is not answered; its path has to be \(paths[0])"
    }
    guard NotifyTarget.origin(url).lowercased() == baseURL.lowercased() else {
      return "\(url) is of another host than COINPAY_BASE_URL, \(baseURL)"
    }
    return nil
  }

  func finding(baseURL: String) -> Finding {
    problem(baseURL: baseURL).map { problem in
      .failure(
        .notify, "\(name)_address", problem,
        do: "set \(setting); what is started already keeps its old address")
    } ?? .ok(.notify, "\(name)_address", url)
  }

  /// `https://shop.example:8443` of an address.
  private static func origin(_ url: String) -> Substring {
    guard let colon = url.firstRange(of: "://") else { return "" }
    let end = url[colon.upperBound...].firstIndex(of: "/") ?? url.endIndex
    return url[..<end]
  }
}
