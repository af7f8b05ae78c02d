import Crypto

/// The addresses of the files that the web server serves itself. Each carries the first digits of
/// its content's SHA-256, so that it can be cached for ever; `nginx/install-assets` makes the same
/// names from the same bytes.
public struct AssetNames {
  private static let hashDigits = 12

  let style = address("coinpay", "css", PackageResources.coinpay_css)
  let script = address("coinpay", "js", PackageResources.coinpay_js)
  public let icon = address("icon", "svg", PackageResources.icon_svg)

  public init() {}

  public static func address(_ name: String, _ ending: String, _ bytes: [UInt8]) -> String {
    let hash = Hex.encode(SHA256.digest(bytes)).prefix(hashDigits)
    return "/assets/\(name).\(hash).\(ending)"
  }
}
