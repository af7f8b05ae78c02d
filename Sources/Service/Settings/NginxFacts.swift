import Provider
import Vocabulary

/// What nginx has to know of the providers: where they notify, and what their parts of the pay page need.
enum NginxFacts {
  /// Files of nginx by name.
  static var files: [(name: String, text: String)] {
    [
      ("coinpay-providers.conf", origins), ("coinpay-permissions.conf", permissions),
      ("coinpay-notify.conf", notify),
    ]
  }

  private static let pages = Registry.descriptors.map(\.page)

  /// Once at http level: the other origins of the pay page.
  private static var origins: String {
    func variable(_ name: String, _ origins: [String], empty: String = "") -> String {
      let value = origins.isEmpty ? empty : origins.map { " \($0)" }.joined()
      return "map $host $coinpay_pay_\(name) { default \"\(value)\"; }\n"
    }
    return "# Written by coinpay config nginx: what the pay page has from providers.\n"
      + variable("scripts", pages.flatMap(\.scripts))
      + variable("connections", pages.flatMap(\.connections))
      + variable("frames", pages.flatMap(\.frames), empty: " 'none'")
  }

  /// A header of every answer: whose scripts may open a wallet.
  private static var permissions: String {
    let wallets = pages.flatMap(\.scripts).map { " \"\($0)\"" }.joined()
    return """
      # Written by coinpay config nginx: whose scripts may open a wallet.
      add_header Permissions-Policy 'geolocation=(), camera=(), microphone=(), payment=(self\(wallets))' always;

      """
  }

  /// Inside a server block: the addresses that providers call.
  private static var notify: String {
    func names(_ descriptors: [ProviderDescriptor]) -> String {
      descriptors.map { $0.method.rawValue.lowercased() }.joined(separator: "|")
    }
    let old = Registry.real.filter(\.notifying.hasOldPath)
    return """
      # Written by coinpay config nginx: the addresses that providers call.
      location ~ ^/api/payment/(webhook/(\(names(Registry.real)))|(\(names(old)))/notify)$ {
        include /etc/coinpay/nginx/coinpay-webhook.conf;
      }

      """
  }
}
