import CFastCGI
import Glibc
import Synchronization

/// The requests that are being answered, in a file that outlives the process: each thread writes down what it is about
/// to parse, and strikes it out when it is done. What stands there when a process begins was under way when the last
/// one ended.
///
/// The file is mapped, so that a note costs no system call and is there whatever ends the process.
@safe
public final class RequestBoard: @unchecked Sendable {
  // Proof of Sendable: the mapping never moves, and each place in it is written by the one thread that took it.

  /// What became of a request that stands on the board.
  enum State: UInt8 {
    case none = 0
    case underWay = 1
    /// A fault in its thread ended the process.
    case fatal = 2
  }

  /// A request that was under way when the process before this one ended.
  public struct Remnant: Equatable, Sendable {
    public let trace: RequestTrace
    /// Whether it was its own thread that ended the process, and not merely the same moment.
    public let isFatal: Bool
  }

  static let placeBytes = 512
  private static let textOffset = 24
  static let placesMax = 1_024

  private let memory: UnsafeMutableRawPointer
  private let places: Int
  private let taken = Atomic(0)

  /// Maps the file, made anew if need be.
  /// - Parameter places: as many as threads will ask for one.
  /// - Returns: nil when the folder cannot take it; requests are answered without it then.
  public static func open(
    _ path: String, places: Int
  ) -> (board: RequestBoard, remnants: [Remnant])? {
    let places = min(max(1, places), placesMax)
    let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let remnants = self.remnants(descriptor)
    let size = places * placeBytes
    guard ftruncate(descriptor, 0) == 0, ftruncate(descriptor, off_t(size)) == 0 else { return nil }
    let memory = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else { return nil }
    return unsafe (RequestBoard(memory, places: places), remnants)
  }

  private init(_ memory: UnsafeMutableRawPointer, places: Int) {
    unsafe self.memory = unsafe memory
    self.places = places
  }

  /// It lives as long as the process: a signal may come at any time.
  public func watchForFaults() {
    unsafe FaultWatch.begin(memory, bytes: places * RequestBoard.placeBytes)
  }

  /// A place for the calling thread; nil when all are taken.
  func takePlace() -> Place? {
    let index = taken.add(1, ordering: .relaxed).oldValue
    guard index < places else { return nil }
    return unsafe Place(memory + index * RequestBoard.placeBytes)
  }

  /// Where one thread notes its request.
  @safe
  struct Place: ~Copyable {
    private let start: UnsafeMutableRawPointer

    fileprivate init(_ start: UnsafeMutableRawPointer) {
      unsafe self.start = unsafe start
    }

    func note(_ trace: RequestTrace) {
      clear()
      let texts = [trace.address, trace.method, trace.path].map { Array($0.utf8) }
      unsafe start.storeBytes(of: fcgx_thread_number(), toByteOffset: 4, as: Int32.self)
      unsafe start.storeBytes(of: trace.bodyBytes, toByteOffset: 8, as: Int64.self)
      var offset = RequestBoard.textOffset
      for (index, text) in texts.enumerated() {
        unsafe start.storeBytes(
          of: UInt16(clamping: text.count), toByteOffset: 16 + 2 * index, as: UInt16.self)
        unsafe text.withUnsafeBytes { bytes in
          guard let base = bytes.baseAddress else { return }
          unsafe (start + offset).copyMemory(from: base, byteCount: bytes.count)
        }
        offset += text.count
      }
      unsafe start.storeBytes(of: State.underWay.rawValue, as: UInt8.self)
    }

    func clear() { unsafe start.storeBytes(of: State.none.rawValue, as: UInt8.self) }
  }

  private static func remnants(_ descriptor: Int32) -> [Remnant] {
    var bytes = [UInt8](repeating: 0, count: placesMax * placeBytes)
    let got = unsafe pread(descriptor, &bytes, bytes.count, 0)
    guard got >= placeBytes else { return [] }
    return stride(from: 0, through: got - placeBytes, by: placeBytes).compactMap { start in
      remnant(Array(bytes[start..<(start + placeBytes)]))
    }
  }

  /// Reads a place with care: its process may have ended in the middle of writing it.
  private static func remnant(_ place: [UInt8]) -> Remnant? {
    guard let state = State(rawValue: place[0]), state != .none else { return nil }
    let bodyBytes = place[8..<16].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    var rest = place[textOffset...]
    var texts: [String] = []
    for index in 0..<3 {
      let count = Int(place[16 + 2 * index]) | Int(place[17 + 2 * index]) << 8
      guard count <= rest.count else { return nil }
      texts.append(String(decoding: rest.prefix(count), as: UTF8.self))
      rest = rest.dropFirst(count)
    }
    return Remnant(
      trace: RequestTrace(
        address: texts[0], method: texts[1], path: texts[2],
        bodyBytes: Int64(bitPattern: bodyBytes)), isFatal: state == .fatal)
  }
}
