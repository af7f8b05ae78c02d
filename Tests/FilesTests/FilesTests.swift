import Files
import Testing

@Suite struct FilesTests {
  @Test func `Chinese in every character set of Alipay`() {
    #expect(Charset(name: "GBK")?.decode([0xBD, 0xF0, 0xB1, 0xD2]) == "金币")
    #expect(Charset(name: "gb2312")?.decode([0xBD, 0xF0, 0xB1, 0xD2]) == "金币")
    #expect(Charset(name: "UTF-8")?.decode(Array("金币".utf8)) == "金币")
    #expect(Charset.gbk.encode("金币") == [0xBD, 0xF0, 0xB1, 0xD2])
    #expect(Charset.gbk.decode([]) == "")
    #expect(Charset(name: "utf-16") == nil)
    #expect(Charset(name: "") == nil)
  }

  @Test(arguments: [[0xFF], [0xBD], [0x41, 0xBD, 0xF0, 0xB1]] as [[UInt8]])
  func `bytes that are of no character are refused`(bytes: [UInt8]) {
    #expect(Charset.gbk.decode(bytes) == nil)
    #expect(Charset.utf8.decode(bytes) == nil)
  }

  @Test(arguments: [1, 2, 3, 7, 100])
  func `lines come out whole however the bytes are cut`(size: Int) throws {
    let bytes = Array("one\r\n\ntwo\nlast".utf8)
    var splitter = LineSplitter()
    var lines: [String] = []
    func take(_ line: [UInt8]) { lines.append(String(decoding: line, as: UTF8.self)) }
    for start in stride(from: 0, to: bytes.count, by: size) {
      try splitter.add(Array(bytes[start..<min(start + size, bytes.count)]), take)
    }
    try splitter.finish(take)
    #expect(lines == ["one", "", "two", "last"])
  }

  @Test func `a line without an end is not collected for ever`() {
    var splitter = LineSplitter()
    let part = [UInt8](repeating: 0x41, count: LineSplitter.lineBytesMax + 1)
    #expect(throws: FileError.lineTooLong) { try splitter.add(part) { _ in } }
  }

  @Test func `a temporary file gives back what was put in`() throws {
    let file = try TemporaryFile()
    let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
    try file.append(bytes)
    var read: [UInt8] = []
    try file.read { read += $0 }
    #expect(read == bytes)
  }

  /// A ZIP file with one stored member `a.txt`, made by hand from the format's description
  /// (APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16).
  static let archive: [UInt8] = {
    let content = Array("one\ntwo\n".utf8)
    let name = Array("a.txt".utf8)
    // CRC-32 of the content.
    let crc: [UInt8] = [0xE6, 0x0B, 0xBA, 0x12]
    let sizes: [UInt8] = [8, 0, 0, 0, 8, 0, 0, 0]
    let local: [UInt8] =
      [0x50, 0x4B, 3, 4, 20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0] + crc + sizes + [5, 0, 0, 0] + name
      + content
    let central: [UInt8] =
      [0x50, 0x4B, 1, 2, 20, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0] + crc + sizes
      + [5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] + name
    let end: [UInt8] =
      [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, UInt8(central.count), 0, 0, 0]
      + [UInt8(local.count), 0, 0, 0, 0, 0]
    return local + central + end
  }()

  static func lines(_ archive: [UInt8]) throws -> [String] {
    let file = try TemporaryFile()
    try file.append(archive)
    let zip = try ZIPArchive(file)
    #expect(zip.names == [Array("a.txt".utf8)])
    var lines: [String] = []
    try zip.readLines(of: 0) { lines.append(String(decoding: $0, as: UTF8.self)) }
    return lines
  }

  @Test func `a damaged member is noticed`() throws {
    var damaged = Self.archive
    damaged[36] ^= 1
    #expect(throws: FileError.damaged) { try Self.lines(damaged) }
  }

  @Test func `what is no archive is refused`() throws {
    let file = try TemporaryFile()
    try file.append(Array("<html>not a ZIP file</html>".utf8))
    #expect(throws: FileError.notAnArchive) { try ZIPArchive(file) }
    #expect(throws: FileError.notAnArchive) { try ZIPArchive(try TemporaryFile()) }
  }

  @Test func `the lines of a member are read`() throws {
    #expect(try Self.lines(Self.archive) == ["one", "two"])
  }
}
