import LogLines
import Testing

struct MaskingTests {
  @Test(arguments: [
    ("write to li.lei+shop@mail.example now", "write to ***@mail.example now"),
    ("card 4242424242424242 declined", "card ***4242 declined"),
    ("4000-0566-5566-5556", "***5556"),
    ("card 4000 0566 5566 5556.", "card ***5556."),
    ("call 13812345678", "call ***5678"),
    ("openid oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", "openid o***"),
    ("sk_live_4eC39HqLyjWDarjtT1zdp7dc", "sk_live_***"),
    ("key=rk_test_4eC39HqLyjWDarjtT1zdp7dc;", "key=rk_test_***;"),
    ("whsec_c2VjcmV0,whsec_b3RoZXI", "whsec_***,whsec_***"),
    ("pi_3MtwBw_secret_YrKJUKribcBjcG8", "pi_3MtwBw_secret_***"),
    ("-----BEGIN PRIVATE KEY-----\nMIIE\n", "<pem>"),
  ])
  func `what is personal or secret is hidden`(_ text: String, _ masked: String) {
    #expect(Masking.mask(text) == masked)
  }

  @Test(arguments: [
    "", "COIN_20260131_12345678", "pi_3MtwBwLkdIwHu7ix28a3tqPa", "4200001234202601311234567890",
    "2026-01-31 12:00:00.123456", "4242424242424241", "0000000000000000", "a4242424242424242",
    "2026012822001412345678901234", "c0ffee00c0ffee00c0ffee00c0ffee00", "@", "a@", "user:17",
    "12345678901", "138123456789", "金币中心", "ops@localhost",
  ])
  func `numbers of orders, payments and requests stay readable`(_ text: String) {
    #expect(Masking.mask(text) == text)
  }
}
