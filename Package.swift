// swift-tools-version: 6.2
import PackageDescription

/// Rules that every Swift target of the package is compiled with.
let houseRules: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// A room: one Swift target under `Sources/`.
func room(
  _ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil,
  resources: [Resource]? = nil
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: path ?? "Sources/\(name)",
    resources: resources, swiftSettings: houseRules)
}

/// The tests of one room.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests",
    swiftSettings: houseRules)
}

/// A C library: a module map and a shim header, no Swift.
func library(_ name: String, pkgConfig: String, package: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/\(name)", pkgConfig: pkgConfig, providers: [.apt([package])])
}

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let configuration = Target.Dependency.product(
  name: "Configuration", package: "swift-configuration")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "CoinPay",
  products: [.executable(name: "coinpay", targets: ["coinpay"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0", traits: []),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
  ],
  targets: [
    library("CFastCGI", pkgConfig: "fcgi", package: "libfcgi-dev"),
    library("CMariaDB", pkgConfig: "libmariadb", package: "libmariadb-dev"),
    library("COpenSSL", pkgConfig: "openssl", package: "libssl-dev"),
    library("CCurl", pkgConfig: "libcurl", package: "libcurl4-openssl-dev"),
    library("CExpat", pkgConfig: "expat", package: "libexpat1-dev"),
    library("CZip", pkgConfig: "libzip", package: "libzip-dev"),
    library("CQREncode", pkgConfig: "libqrencode", package: "libqrencode-dev"),

    room("Vocabulary"),
    room("Threads"),
    room("LogLines", ["Vocabulary", logging]),
    room("Duties", ["Vocabulary"]),
    room("HTTP", [httpTypes]),
    room("FastCGI", ["CFastCGI", "HTTP", "LogLines", "Threads", httpTypes, logging]),
    room("Crypto", ["COpenSSL", "Vocabulary"]),
    room("Files", ["CZip"]),
    room("Settings", ["Crypto", "Vocabulary", configuration]),
    room("XML", ["CExpat"]),
    room("QRCode", ["CQREncode"]),
    room("Prometheus", [coreMetrics]),
    room("HTTPSClient", ["CCurl", "Files", "Threads", "Vocabulary"]),
    room("Database", ["CMariaDB", "Vocabulary"]),
    room("Schema", ["Crypto", "Database", "Vocabulary"], resources: [.embedInCode("Migrations")]),
    room("Sealing", ["Crypto", "Database", "Vocabulary"]),
    room("Seals", ["Crypto", "Database", "Sealing", "Vocabulary"]),
    room("Ledger", ["Crypto", "Database", "Seals", "Vocabulary"]),
    room("Orders", ["Crypto", "Database", "Seals", "Vocabulary"]),
    room("Audit", ["Crypto", "Database", "LogLines", "Seals", "Vocabulary", logging]),
    room("Controls", ["Database", "Vocabulary"]),
    room(
      "Provider", ["Crypto", "HTTP", "HTTPSClient", "Settings", "Vocabulary", httpTypes]),
    room(
      "Payments",
      [
        "Audit", "Controls", "Crypto", "Database", "HTTP", "Ledger", "LogLines", "Orders",
        "Provider", "Sealing", "Seals", "Threads", "Vocabulary", logging, metrics,
      ]),
    room(
      "Reconciliation",
      [
        "Crypto", "Database", "LogLines", "Payments", "Provider", "Vocabulary", logging,
      ]),
    room(
      "Operators",
      [
        "Accounts", "Audit", "Controls", "Database", "Orders", "Payments", "Provider",
        "Reconciliation", "Vocabulary",
      ]),
    room("Documents", ["Audit", "Orders", "Payments", "Provider", "Reconciliation", "Vocabulary"]),
    room("Statistics", ["Database", "Provider", "Vocabulary"]),
    room(
      "Accounts", ["Audit", "Crypto", "Database", "Ledger", "Sealing", "Threads", "Vocabulary"]),
    room(
      "PersonalData",
      ["Accounts", "Audit", "Database", "Ledger", "Orders", "Payments", "Vocabulary"]),
    room(
      "Mock", ["Crypto", "HTTP", "Provider", "Vocabulary", httpTypes],
      path: "Sources/Providers/Mock"),
    room(
      "Alipay",
      ["Crypto", "Files", "HTTP", "HTTPSClient", "Provider", "Settings", "Vocabulary", httpTypes],
      path: "Sources/Providers/Alipay"),
    room(
      "WeChatPay",
      [
        "Crypto", "Files", "HTTP", "HTTPSClient", "Provider", "Settings", "Vocabulary", "XML",
        httpTypes,
      ],
      path: "Sources/Providers/WeChatPay"),
    room(
      "Stripe",
      ["Crypto", "HTTP", "HTTPSClient", "Provider", "Settings", "Vocabulary", httpTypes],
      path: "Sources/Providers/Stripe"),
    room(
      "Pages", ["Crypto", "HTTP", "Vocabulary", mustache, httpTypes],
      resources: [.embedInCode("Templates"), .embedInCode("Assets")]),
    room(
      "Routes",
      [
        "Accounts", "Controls", "Crypto", "Database", "HTTP", "Ledger", "LogLines", "Orders",
        "Pages", "Payments", "PersonalData", "Provider", "QRCode", "Vocabulary", httpTypes, logging,
        metrics,
      ]),
    room(
      "AdminPages", ["Pages", "Vocabulary", mustache],
      resources: [.embedInCode("Templates"), .embedInCode("Assets")]),
    room(
      "AdminRoutes",
      [
        "Accounts", "AdminPages", "Audit", "Controls", "Crypto", "Database", "Documents", "HTTP",
        "Ledger", "LogLines", "Operators", "Orders", "Pages", "Payments", "Provider", "QRCode",
        "Reconciliation", "Routes", "Statistics", "Vocabulary", httpTypes, logging,
      ]),
    room(
      "Service",
      [
        "Accounts", "AdminPages", "AdminRoutes", "Alipay", "Audit", "Controls", "Crypto",
        "Database", "Documents", "Duties", "FastCGI", "HTTP", "HTTPSClient", "Ledger", "LogLines",
        "Mock", "Operators", "Orders", "Pages", "Payments", "PersonalData", "Prometheus",
        "Provider", "Reconciliation", "Routes", "Schema", "Sealing", "Seals", "Settings",
        "Statistics", "Stripe", "Threads", "Vocabulary", "WeChatPay", argumentParser, configuration,
        logging, metrics,
      ]),
    .executableTarget(
      name: "coinpay", dependencies: ["Service"], path: "Sources/coinpay",
      swiftSettings: houseRules),

    .target(
      name: "Kit", dependencies: ["Database", "Schema", "Threads", "Vocabulary", logging],
      path: "Tests/Kit",
      swiftSettings: houseRules),
    tests("Vocabulary", ["Kit", "Vocabulary"]),
    tests("Threads", ["Threads"]),
    tests("LogLines", ["LogLines", "Vocabulary", logging]),
    tests("Duties", ["Duties", "Vocabulary"]),
    tests("HTTP", ["HTTP", httpTypes]),
    tests("FastCGI", ["FastCGI", "HTTP", "LogLines", "Threads", httpTypes, logging]),
    tests("Crypto", ["Crypto", "Kit", "Vocabulary"]),
    tests("HTTPSClient", ["HTTPSClient", "Kit", "Threads"]),
    tests("Database", ["Database", "Kit", "Threads", "Vocabulary"]),
    tests("Schema", ["Database", "Kit", "Schema", "Threads", "Vocabulary"]),
    tests(
      "Sealing", ["Accounts", "Crypto", "Database", "Kit", "Sealing", "Threads", "Vocabulary"]),
    tests("Ledger", ["Crypto", "Database", "Kit", "Ledger", "Vocabulary"]),
    tests(
      "Payments",
      [
        "Accounts", "Audit", "Crypto", "Database", "HTTP", "Kit", "Ledger", "Mock", "Operators",
        "Orders", "Payments", "PersonalData", "Provider", "Threads", "Vocabulary", httpTypes,
        logging,
      ]),
    tests("Audit", ["Audit", "Database", "Kit", "Threads", "Vocabulary"]),
    tests("Controls", ["Audit", "Controls", "Database", "Kit", "Operators", "Vocabulary"]),
    tests("Statistics", ["Database", "Kit", "Provider", "Statistics", "Vocabulary"]),
    tests("Accounts", ["Accounts", "Crypto", "Database", "Kit", "Threads", "Vocabulary"]),
    tests(
      "Alipay",
      [
        "Alipay", "Crypto", "Files", "HTTP", "HTTPSClient", "Kit", "Provider", "Vocabulary",
        httpTypes,
      ]),
    tests("WeChatPay", ["Crypto", "HTTP", "Provider", "Vocabulary", "WeChatPay"]),
    tests(
      "Reconciliation",
      [
        "Crypto", "Database", "HTTP", "Kit", "Payments", "Provider", "Reconciliation", "Vocabulary",
        httpTypes, logging,
      ]),
    tests("XML", ["XML"]),
    tests("Files", ["Files"]),
    tests("QRCode", ["QRCode"]),
    tests("Prometheus", ["Prometheus", coreMetrics]),
    tests(
      "Provider",
      [
        "Alipay", "Crypto", "HTTP", "HTTPSClient", "Kit", "Mock", "Provider", "Stripe",
        "Vocabulary", "WeChatPay", httpTypes,
      ]),
    tests(
      "Stripe",
      ["Crypto", "HTTP", "HTTPSClient", "Kit", "Provider", "Stripe", "Vocabulary", httpTypes]),
    tests("Pages", ["HTTP", "Kit", "Pages", "Vocabulary", httpTypes]),
    tests("Routes", ["Crypto", "Kit", "LogLines", "Routes", "Threads", "Vocabulary"]),
    tests("AdminPages", ["AdminPages", "Pages", "Vocabulary"]),
    tests(
      "AdminRoutes",
      [
        "AdminRoutes", "Audit", "Kit", "Orders", "Pages", "Payments", "Provider",
        "Reconciliation", "Vocabulary",
      ]),
    tests(
      "Service",
      [
        "AdminRoutes", "Audit", "Controls", "Crypto", "Database", "Duties", "HTTP", "HTTPSClient",
        "Kit", "Operators", "Orders", "Payments", "Provider", "Routes", "Service", "Settings",
        "Threads", "Vocabulary", argumentParser, httpTypes, logging,
      ]),
  ]
)

// The parsers of outside bytes under libFuzzer, for Tests/fuzz/run alone.
if Context.environment["COINPAY_FUZZ"] != nil {
  package.products.append(.library(name: "Fuzz", type: .static, targets: ["Fuzz"]))
  package.targets.append(
    .target(
      name: "Fuzz",
      dependencies: [
        "Alipay", "Crypto", "FastCGI", "Files", "HTTP", "Provider", "Stripe", "Vocabulary",
        "WeChatPay", "XML", httpTypes,
      ],
      path: "Tests/fuzz/Fuzz", swiftSettings: houseRules))
}
