import Crypto
import HTTP
import HTTPSClient
import HTTPTypes
import Kit
import Provider
import Testing
import Vocabulary

@testable import Alipay

/// Facts that Alipay's own SDK publishes with its tests (alipay-sdk-nodejs-all, test/).
@Suite struct PublishedTests {
  /// The application certificate of application 2021001161683774.
  static let appCertificate = """
    -----BEGIN CERTIFICATE-----
    MIIEsTCCA5mgAwIBAgIQICAFGGIDnUCQiXuk1RwhJjANBgkqhkiG9w0BAQsFADCBgjELMAkGA1UE
    BhMCQ04xFjAUBgNVBAoMDUFudCBGaW5hbmNpYWwxIDAeBgNVBAsMF0NlcnRpZmljYXRpb24gQXV0
    aG9yaXR5MTkwNwYDVQQDDDBBbnQgRmluYW5jaWFsIENlcnRpZmljYXRpb24gQXV0aG9yaXR5IENs
    YXNzIDEgUjEwHhcNMjAwNTE4MDUyODQ3WhcNMjIwNTE4MDUyODQ3WjB5MQswCQYDVQQGEwJDTjEt
    MCsGA1UECgwk5p2t5bee54SV5pet5L+h5oGv5oqA5pyv5pyJ6ZmQ5YWs5Y+4MQ8wDQYDVQQLDAZB
    bGlwYXkxKjAoBgNVBAMMITIwODg4MzEyMDQ2NTkyMTctMjAyMTAwMTE2MTY4Mzc3NDCCASIwDQYJ
    KoZIhvcNAQEBBQADggEPADCCAQoCggEBAJxb57A3/QC/2oDPcZrqWKPs/2qjVlY/x00s3OWa0Cnh
    ftO/4tk33cuVEwaQW7b/KbeyfmZ7p8SoxJ9UBDASDACq4TGgR0hFFIIT1FCjeUe8owXyaQsjbKL/
    6woXKHHOAaNCY42d9uKZ0ZAyeyX4gF+eEWVmobkDjUAYi6FdL/zyogbrKrYFibmKbTjuVocvlZN2
    2R6CEJHCSnc3lw+Ya9NVe7DDx05B8MUQMPBZe9ZhvQb2D75bniV1i4clv/lezKdWyT//d/dIpGVx
    4tt92bMwt//UeFG2jLTWJG6h9bv6RCp4O7NFwE4IVMsJhoFTQKEatBx5wsfbYUC3Ivuo2/MCAwEA
    AaOCASkwggElMB8GA1UdIwQYMBaAFHEH4gRhFuTl8mXrMQ/J4PQ8mtWRMB0GA1UdDgQWBBSXl4+T
    1U+ja4hCST3DlTQAAKQ/tTBABgNVHSAEOTA3MDUGB2CBHAFuAQEwKjAoBggrBgEFBQcCARYcaHR0
    cDovL2NhLmFsaXBheS5jb20vY3BzLnBkZjAOBgNVHQ8BAf8EBAMCBsAwLwYDVR0fBCgwJjAkoCKg
    IIYeaHR0cDovL2NhLmFsaXBheS5jb20vY3JsNDEuY3JsMGAGCCsGAQUFBwEBBFQwUjAoBggrBgEF
    BQcwAoYcaHR0cDovL2NhLmFsaXBheS5jb20vY2E2LmNlcjAmBggrBgEFBQcwAYYaaHR0cDovL2Nh
    LmFsaXBheS5jb206ODM0MC8wDQYJKoZIhvcNAQELBQADggEBALeeTrnXKUYapQ/ig9MB4h9KoP3g
    27BVJwOxYaIqWxm6iDvOr/Ju+/8QKygnH6dM3+6+pShCdHsCFaSAQM4gUwxS4F1PcISjKs3LQ6Q8
    eWHZMV9w292DOzFRNUoMmgI2yAGOW6DxmnNDFxbVjzcABsrjOmoqso5c4y82K7cl9AfvTm+ThOC3
    wPQqTiLOZ6xoSL8pO4V+BkPrJTKJNqX0cVPm+QLP+TC411GTjrmz2nv1OPEVSTey5HaB6HWQeDz7
    hGnbipZswfCRHRiu42+4pQZw+3rQ6uRzSPMpxgk7RaBWexybrqRk6ZfyXMcxJvNDWWk/EQlzLL8S
    RuJzW8kcFrE=
    -----END CERTIFICATE-----
    """

  @Test func `the number of a certificate is the published one`() throws {
    let certificate = try Certificate.first(text: Self.appCertificate)
    #expect(AlipayCertificates.serial(certificate) == "866efef280dec9137a87d047ac446315")
    #expect(
      certificate.issuer
        == "CN=Ant Financial Certification Authority Class 1 R1,OU=Certification Authority,"
        + "O=Ant Financial,C=CN")
    #expect(certificate.isSignedByRSA)
  }

  static let publicKey = """
    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqObrdC7hrgAVM98tK0nv3hSQRGGKT4lBsQjHiGjeYZjOPIPH\
    R5knm2jnnz/YGIXIofVHkA/tAlBAd5DrY7YpvI4tP5EONLtZKC2ghBMx7McI2wRD0xiqzxOQr1FuhZGJ8/AUokBzJrzY\
    +aGX2xcOrxFYRlFilvVLTXg4LWjR1tdPkO6+i7wQZAIVMClPkwVRZEbaERRHlKqTzv2gGv5rDU8gRoe1LeaN+6BlbTqH\
    WkQcNCUNrA8C6l17XAXGKDsm/9TFWwO8EPHHHCaQdjtV5/FdcWIt+L8SR1ss7EXTjYDFtxcKVv9rEoY1lX8T4mX+GbXf\
    ZHraG5NCF1+XioL5JwIDAQAB
    """

  /// A notification as Alipay sent it on 2019-08-15.
  static let fields: [(name: String, value: String)] = [
    ("gmt_create", "2019-08-15 15:56:22"), ("charset", "utf-8"),
    ("seller_email", "z97-yuquerevenue@service.aliyun.com"), ("subject", "语雀空间 500人规模"),
    (
      "sign",
      "QfTb8tqE1BMhS5qAnXtvsF3/jBkEvu9q9en0pdbBUDDjvKycZhQb7h8GDs4FKfi049PynaNuatxSgLb/nLWZpXyyh0LE"
        + "WdK2S6Ri7nPwrVgOs08zugLO20vOQz44y3ti2Ncm8/wZts1Fr2gZ7pShnVX3d1B50hbsXnObT1r/U8ONNQjWXd0H"
        + "Iul4TG+Q3fm3svmSvFEy0WnzuhcyHPX5Gm4ELNctL6Qd5YniGJFNcc7kopHYtI/XD9YCKCH6Ct02rzUs9i11C9Cs"
        + "adtZn+WhxF26Dqt9sGEFajkJ8cxUTLi8+VCpLHsgPE8P0y095uQcDdK0YjCh4x7wVSov+lrmOQ=="
    ), ("buyer_id", "2088102534368455"), ("invoice_amount", "0.10"),
    ("notify_id", "2019081500222155624068450559358070"),
    ("fund_bill_list", #"[{"amount":"0.10","fundChannel":"ALIPAYACCOUNT"}]"#),
    ("notify_type", "trade_status_sync"), ("trade_status", "TRADE_SUCCESS"),
    ("receipt_amount", "0.10"), ("buyer_pay_amount", "0.10"), ("sign_type", "RSA2"),
    ("app_id", "2019073166072302"), ("seller_id", "2088531891668739"),
    ("gmt_payment", "2019-08-15 15:56:24"), ("notify_time", "2019-08-15 15:56:25"),
    ("version", "1.0"), ("out_trade_no", "20190815155618536-564-57"), ("total_amount", "0.10"),
    ("trade_no", "2019081522001468450512505578"), ("auth_app_id", "2019073166072302"),
    ("buyer_logon_id", "xud***@126.com"), ("point_amount", "0.00"),
  ]

  static func receive(
    _ fields: [(name: String, value: String)], appID: String = "2019073166072302"
  ) throws -> NotificationOutcome {
    let provider = try TestProvider.make(appID: appID, publicKey: publicKey)
    return provider.receive(
      Notification(
        request: Request(
          method: .post,
          headers: [.contentType: "application/x-www-form-urlencoded; charset=utf-8"],
          body: Array(PercentCoding.encodeForm(fields).utf8)),
        receivedAt: Timestamp(unixSeconds: 1_800_000_000)))
  }

  @Test func `a notification that Alipay really sent is believed`() throws {
    guard case .events(let events) = try Self.receive(Self.fields), let event = events.first else {
      Issue.record("it was refused")
      return
    }
    #expect(events.count == 1)
    #expect(event.kind == .succeeded(ReportedAmount(minorUnits: 10, currencyCode: "CNY")))
    #expect(event.outTradeNo == "20190815155618536-564-57")
    #expect(event.providerTransactionID == "2019081522001468450512505578")
    #expect(event.occurredAt.description == "2019-08-15T07:56:24Z")
  }

  @Test func `the order of the fields does not matter`() throws {
    guard case .events = try Self.receive(Self.fields.reversed()) else {
      Issue.record("it was refused")
      return
    }
  }

  @Test(arguments: fields.indices.filter { !["sign", "sign_type"].contains(fields[$0].name) })
  func `a change of any field is seen`(index: Int) throws {
    var fields = Self.fields
    fields[index].value += "0"
    guard case .refused(.signatureWrong) = try Self.receive(fields) else {
      Issue.record("\(fields[index].name) may be changed")
      return
    }
  }

  @Test func `a notification for another application is not ours`() throws {
    guard case .refused(.otherAccount) = try Self.receive(Self.fields, appID: "1") else {
      Issue.record("it was believed")
      return
    }
  }
}

@Suite struct ModeTests {
  @Test(arguments: [
    ("https://openapi.alipay.com/gateway.do", ProviderMode?.some(.live)),
    ("https://openapi.alipay.com/gateway.do?charset=utf-8", .live),
    ("HTTPS://OpenAPI.Alipay.com:443/gateway.do", .live),
    ("https://openapi.alipaydev.com/gateway.do", .sandbox),
    ("https://openapi-sandbox.dl.alipaydev.com/gateway.do", .sandbox),
    ("https://alipay.shop.example/gateway.do", nil), ("https://notalipay.com/gateway.do", nil),
    ("https://openapi.alipay.com.evil.example/", nil), ("", nil), ("支付宝", nil),
  ])
  func `the addresses that Alipay documents tell their mode`(url: String, mode: ProviderMode?) {
    #expect(AlipayConfiguration.mode(ofGateway: url) == mode)
  }
}

enum TestProvider {
  static func make(appID: String, publicKey: String) throws -> AlipayProvider {
    AlipayProvider(
      AlipayConfiguration(
        appID: appID, privateKey: try RSAPrivateKey(text: PublishedKey.privateKey),
        trust: .publicKey(try RSAPublicKey(text: publicKey)),
        gatewayURL: "http://127.0.0.1:1/gateway.do", mode: .sandbox,
        notifyURL: "https://shop.example/notify",
        returnURL: "https://shop.example/payment/success", sellerID: nil, product: .page),
      client: HTTPSClientConfiguration(name: "ALIPAY"))
  }
}
