import Testing

@testable import Service

struct ChildProcessTests {
  private func output(
    _ script: String, timeout: Duration = .seconds(20)
  ) -> (ChildProcess.End, String) {
    var bytes: [UInt8] = []
    let end = ChildProcess.run(["/bin/sh", "-c", script], timeout: timeout) { bytes += $0 }
    return (end, String(decoding: bytes, as: UTF8.self))
  }

  @Test func `what a program prints is handed over, and how it ended`() {
    #expect(output("echo one; echo two; exit 3") == (.exited(3), "one\ntwo\n"))
    #expect(output("kill -9 $$").0 == .ended(bySignal: 9))
    #expect(output("cat").1.isEmpty)
    let (end, text) = output("head -c 1000000 /dev/zero | tr '\\0' x")
    #expect(end == .exited(0) && text.utf8.count == 1_000_000)
  }

  @Test func `a program that is not there is said so`() {
    #expect(ChildProcess.run(["/nonexistent"], timeout: .seconds(1)) == .notStarted(code: 2))
  }

  @Test(arguments: [1, 1_000_000])
  func `a program reads all that it is given`(count: Int) {
    let text = [UInt8](repeating: UInt8(ascii: "x"), count: count)
    let script = "[ $(wc -c) -eq \(count) ]"
    #expect(
      ChildProcess.run(["/bin/sh", "-c", script], reading: text, timeout: .seconds(20))
        == .exited(0))
  }

  @Test func `a program that reads only a part ends nobody else`() {
    let text = [UInt8](repeating: 0x78, count: 1_000_000)
    #expect(
      ChildProcess.run(["/bin/sh", "-c", "exit 4"], reading: text, timeout: .seconds(20))
        == .exited(4))
  }

  @Test(arguments: [
    "sleep 60", "trap '' TERM; sleep 60; sleep 60", "sleep 60 & exit 0", "exec >&-; sleep 60",
  ])
  func `a program that hangs is ended with all that it started`(script: String) {
    let began = ContinuousClock.now
    #expect(output(script, timeout: .milliseconds(300)).0 == .timedOut)
    #expect(ContinuousClock.now - began < .seconds(20))
  }

  @Test func `a program that hangs over what it is given is ended`() {
    let text = [UInt8](repeating: 0x78, count: 1_000_000)
    #expect(
      ChildProcess.run(["/bin/sleep", "60"], reading: text, timeout: .milliseconds(300))
        == .timedOut)
  }
}
