"""WeChat Pay for tests: its gateway with one merchant for every way to be configured, and its buyers."""

from . import noted_secrets
from . import wechat_news as news
from .wechat_book import OPEN_ID, beijing_now
from .wechat_gateway import Gateway
from .wechat_keys import Merchant, certificate_pem, private_pem, public_pem

NOTIFY_URL = "https://coins.example.com" + news.PATH
MODES = ("v2", "v2-md5", "v3-public-key", "v3-platform", "v3-switching")


class WeChatServer(Gateway):
    """`settings(mode)` are a site's settings; `v3-switching` holds both kinds of WeChat Pay's keys."""

    def __enter__(self):
        super().__enter__()
        accounts = [
            Merchant(1, self.authority), Merchant(2, self.authority, sign_type="MD5"),
            Merchant(3, self.authority, "v3", public_key=True), Merchant(4, self.authority, "v3", certificates=True),
            Merchant(5, self.authority, "v3", public_key=True, certificates=True)]
        self.accounts = dict(zip(MODES, accounts))
        self.merchants = {merchant.mch_id: merchant for merchant in accounts}
        return self

    def settings(self, mode, tls=False):
        """The `WECHAT_*` environment of a site of this merchant."""
        noted_secrets.note("personal data", OPEN_ID)
        merchant = self.accounts[mode]
        common = {
            "WECHAT_APP_ID": merchant.app_id, "WECHAT_MCH_ID": merchant.mch_id, "WECHAT_NOTIFY_URL": NOTIFY_URL,
            "WECHAT_GATEWAY_URL": self.tls_url if tls else self.url, "WECHAT_API_VERSION": merchant.version}
        if merchant.version == "v2":
            return common | {
                "WECHAT_API_KEY": merchant.api_key, "WECHAT_SIGN_TYPE": merchant.sign_type,
                "WECHAT_CLIENT_CERT": self.file(f"{mode}.pem", certificate_pem(merchant.certificate)),
                "WECHAT_CLIENT_KEY": self.file(f"{mode}.key", private_pem(merchant.key))}
        settings = common | {
            "WECHAT_API_V3_KEY": merchant.api_v3_key, "WECHAT_MCH_CERT_SERIAL": merchant.serial,
            "WECHAT_MCH_PRIVATE_KEY": self.file(f"{mode}.key", private_pem(merchant.key))}
        if merchant.uses_public_key:
            settings |= {
                "WECHAT_PAY_PUBLIC_KEY_ID": self.platform.bare.serial,
                "WECHAT_PAY_PUBLIC_KEY": self.file("pub_key.pem", public_pem(self.platform.bare.key))}
        if merchant.has_certificates:
            settings["WECHAT_PLATFORM_CERT"] = self.file(
                f"{mode}-platform.pem", certificate_pem(self.platform.certified[0].certificate))
        return settings

    def trade(self, mode, out_trade_no):
        return self.book.find(self.accounts[mode].mch_id, out_trade_no)

    def pay(self, mode, out_trade_no, coupon=0, at=None):
        """The buyer pays in the app; the notification is left to `payment_news`."""
        trade = self.trade(mode, out_trade_no)
        self.book.pay(trade, coupon, at)
        return trade

    def payment_news(self, mode, trade, signer=None, **changes):
        """The signed notification about a payment, with changes that are signed too."""
        merchant = self.accounts[mode]
        if merchant.version == "v2":
            return news.v2_payment(merchant, trade, **changes)
        return news.v3_payment(merchant, signer or self.platform.signer_for(merchant), trade, **changes)

    def finish_refund(self, mode, out_refund_no, status="SUCCESS"):
        """The bank's answer to a refund: SUCCESS, CLOSED or ABNORMAL; the notification about it."""
        merchant = self.accounts[mode]
        trade, refund = self.book.find_refund(merchant.mch_id, out_refund_no)
        refund.status, refund.finished_at = status, beijing_now()
        if merchant.version == "v2":
            return news.v2_refund(merchant, trade, refund)
        return news.v3_refund(merchant, self.platform.signer_for(merchant), trade, refund)

    def calls(self, path, text):
        """The requests so far to a path that name something."""
        with self.lock:
            return [c for c in self.requests if path in c.path and text in c.target + c.body.decode("utf-8", "replace")]
