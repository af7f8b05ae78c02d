"""Other people's clients, pointed at the gateway of the tests: wechatpy (v2) and wechatpayv3."""

import datetime
import tempfile
from pathlib import Path

import pytest
import wechatpayv3
import wechatpy.pay

from .wechat import NOTIFY_URL
from .wechat_book import beijing_now
from .wechat_keys import certificate_pem, private_pem, public_pem


class V2Client(wechatpy.pay.WeChatPay):
    """wechatpy against the gateway, with either algorithm."""

    def __init__(self, gateway, mode):
        merchant = gateway.accounts[mode]
        settings = gateway.settings(mode)
        super().__init__(
            merchant.app_id, merchant.api_key, merchant.mch_id,
            mch_cert=settings["WECHAT_CLIENT_CERT"], mch_key=settings["WECHAT_CLIENT_KEY"])
        self.API_BASE_URL = gateway.tls_url + "/"
        self.sign_type = merchant.sign_type
        self._http.verify = gateway.ca_file
        # An environment's own CA bundle would win over ours.
        self._http.trust_env = False
        self._http.headers["Content-Type"] = "text/xml"

    def post(self, url, **options):
        if self.sign_type != "MD5":
            options["data"]["sign_type"] = self.sign_type
        return super().post(url, **options)

    def create(self, number, fee=990, **changes):
        return self.order.create(**{
            "trade_type": "NATIVE", "body": "100 coins", "total_fee": fee, "notify_url": NOTIFY_URL,
            "client_ip": "203.0.113.9", "out_trade_no": number, "product_id": "1",
            "time_expire": beijing_now() + datetime.timedelta(minutes=30), **changes})

    @staticmethod
    def fails(code, call, *arguments, **options):
        with pytest.raises(wechatpy.exceptions.WeChatPayException) as caught:
            call(*arguments, **options)
        assert code in (caught.value.errcode, caught.value.return_msg)


def new_v3(gateway, mode):
    merchant = gateway.accounts[mode]
    keys = {}
    if merchant.uses_public_key:
        keys = {"public_key": public_pem(gateway.platform.bare.key), "public_key_id": gateway.platform.bare.serial}
    # The client has no setting for the gateway and asks for certificates as soon as it is made.
    folder = tempfile.mkdtemp(dir=gateway.folder.name)
    Path(folder, "first.pem").write_text(certificate_pem(gateway.platform.certified[0].certificate))
    client = wechatpayv3.WeChatPay(
        wechatpayv3.WeChatPayType.NATIVE, merchant.mch_id, private_pem(merchant.key), merchant.serial,
        merchant.app_id, merchant.api_v3_key, NOTIFY_URL, cert_dir=folder, timeout=10, **keys)
    client._core._gate_way = gateway.url
    return client


def create(client, number, fee=990, **changes):
    return client.pay("100 coins", number, {"total": fee, "currency": "CNY"}, time_expire=(
        beijing_now() + datetime.timedelta(minutes=30)).isoformat(), **changes)
