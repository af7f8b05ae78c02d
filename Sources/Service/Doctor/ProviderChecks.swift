import Crypto
import Logging
import Payments
import Provider
import Vocabulary

/// What each provider's own check finds: keys, certificates, clock, and whether it can be reached.
enum ProviderChecks {
  /// The configured providers, who know their accounts unless this machine is not to ask them; none
  /// when a certificate cannot be used, which the findings say.
  static func registry(_ settings: Settings, isOffline: Bool) -> ProviderRegistry {
    let silent = Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
    guard let registry = try? Registry.providers(settings, logger: silent) else {
      return ProviderRegistry([])
    }
    if !isOffline { registry.learnAccounts() }
    return registry
  }

  static func findings(_ settings: Settings, isOffline: Bool, now: Timestamp) -> [Finding] {
    guard !isOffline else { return [.skipped(.providers, "providers", "--offline")] }
    let silent = Logger(label: "doctor") { _ in SwiftLogNoOpLogHandler() }
    do throws(KeyError) {
      let registry = try Registry.providers(settings, logger: silent)
      return registry.methods.filter(Registry.faces.real.contains).flatMap { method in
        (registry[method]?.check(now: now) ?? [])
          // The area of notify addresses says more.
          .filter { $0.subject != "notify URL" }
          .map { Finding($0, of: method.rawValue) }
      }
    } catch {
      return [
        .failure(
          .providers, "keys", "a certificate cannot be used: \(error)", do: "coinpay config check")
      ]
    }
  }
}
