/// Where a client comes from, as limits count it: an address of IPv4, or the /64 of IPv6 that a provider
/// gives to one customer, who could otherwise use a new address for each attempt.
public struct ClientNetwork: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  private static let groupsMax = 8
  private static let networkGroups = 4

  /// - Parameter address: as the web server writes it. What is no address counts as it is.
  public init(address: String) {
    guard let groups = ClientNetwork.groups(address) else {
      description = address
      return
    }
    if groups[..<5].allSatisfy({ $0 == 0 }), groups[5] == 0xFFFF {
      description = [groups[6] >> 8, groups[6] & 0xFF, groups[7] >> 8, groups[7] & 0xFF]
        .map { String($0) }.joined(separator: ".")
    } else {
      description =
        groups[..<ClientNetwork.networkGroups].map { String($0, radix: 16) }.joined(separator: ":")
        + "::/64"
    }
  }

  /// The eight groups of an address of IPv6 (RFC 4291, section 2.2); nil for anything else.
  private static func groups(_ text: String) -> [UInt16]? {
    let plain = text.prefix { $0 != "%" }
    guard plain.contains(":") else { return nil }
    let halves = plain.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
    guard let head = parts(halves[0]) else { return nil }
    guard halves.count == 2 else { return head.count == groupsMax ? head : nil }
    guard let tail = parts(halves[1]), head.count + tail.count < groupsMax else { return nil }
    return head + [UInt16](repeating: 0, count: groupsMax - head.count - tail.count) + tail
  }

  private static func parts(_ text: Substring) -> [UInt16]? {
    if text.isEmpty { return [] }
    var groups: [UInt16] = []
    let fields = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, field) in fields.enumerated() {
      if index == fields.count - 1, field.contains(".") {
        let bytes = field.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard bytes.count == 4 else { return nil }
        let known = bytes.compactMap { $0 }.map(UInt16.init)
        guard known.count == 4 else { return nil }
        groups += [known[0] << 8 | known[1], known[2] << 8 | known[3]]
      } else {
        guard (1...4).contains(field.utf8.count), let group = UInt16(field, radix: 16) else {
          return nil
        }
        groups.append(group)
      }
    }
    return groups
  }
}
