import Glibc

/// What libFuzzer calls with each input. `COINPAY_FUZZ_PARSER` names the parser that gets it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  parser(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

private let parser: @Sendable ([UInt8]) -> Void = {
  guard let name = unsafe getenv("COINPAY_FUZZ_PARSER"),
    let parser = parsers[unsafe String(cString: name)]
  else {
    print("COINPAY_FUZZ_PARSER is none of: \(parsers.keys.sorted().joined(separator: " "))")
    exit(EX_USAGE)
  }
  return parser
}()
