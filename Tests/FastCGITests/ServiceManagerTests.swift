import Glibc
import Testing

@testable import FastCGI

@Suite struct ServiceManagerTests {
  /// A datagram socket in the abstract namespace, as a manager in a container has.
  private static func listen(_ name: String) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    let result = unsafe UnixAddress.with(name, isAbstractAllowed: true) {
      unsafe bind(descriptor, $0, $1)
    }
    return result == 0 ? descriptor : -1
  }

  @Test func `news arrives as one datagram`() throws {
    let name = "@coinpay-notify-\(getpid())"
    let descriptor = Self.listen(name)
    try #require(descriptor >= 0)
    defer { close(descriptor) }
    let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": name]))
    for news in [ServiceManager.News.ready, .alive, .stopping] {
      #expect(manager.tell(news))
      var bytes = [UInt8](repeating: 0, count: 64)
      let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
      #expect(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self) == news.rawValue)
    }
    #expect(manager.watchdogInterval == nil)
  }

  @Test func `a manager that is gone is no fault of ours`() throws {
    let environment = ["NOTIFY_SOCKET": "/nowhere/notify", "WATCHDOG_USEC": "30000000"]
    let manager = try #require(ServiceManager(environment: environment))
    #expect(!manager.tell(.ready))
    #expect(manager.watchdogInterval == .seconds(30))
  }

  @Test(arguments: ["", "@", "relative", "/" + String(repeating: "x", count: 107)])
  func `without an address that can be used there is no manager`(address: String) {
    #expect(ServiceManager(environment: ["NOTIFY_SOCKET": address]) == nil)
  }

  @Test func `the watchdog of another process is not ours`() throws {
    let environment = ["NOTIFY_SOCKET": "/run/n", "WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"]
    #expect(try #require(ServiceManager(environment: environment)).watchdogInterval == nil)
  }

  @Test func `only a full pool that ends nothing is stuck`() {
    let start = ContinuousClock.now
    let limit = Duration.seconds(PoolWatch.standstillSecondsMax)
    var watch = PoolWatch(now: start)
    let stuck = [
      (progress: PoolProgress(done: 5, isFull: true), at: start),
      (PoolProgress(done: 5, isFull: true), start + limit),
      (PoolProgress(done: 5, isFull: true), start + limit + .seconds(1)),
      (PoolProgress(done: 6, isFull: true), start + limit * 2),
      (PoolProgress(done: 6, isFull: false), start + limit * 4),
    ].map { watch.isStuck($0.progress, now: $0.at) }
    #expect(stuck == [false, false, true, false, false])
  }
}
