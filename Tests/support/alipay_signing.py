"""Every signature of the gateway, made and checked by python-alipay-sdk, which plays Alipay's side here."""

from alipay import AliPay, DCAliPay

from .alipay_keys import certificate_pem, private_pem, public_pem


class Exact(bytes):
    """Bytes in place of the text that the SDK would encode in UTF-8: Alipay signs in other charsets too."""

    def encode(self):
        return bytes(self)


def alipay_side(world, merchant, pair=None, sign_type="RSA2"):
    """The SDK with both sides exchanged: it signs as Alipay and verifies what our application signed."""
    pair = pair or world.alipay
    if merchant.uses_certificates:
        return DCAliPay(
            merchant.app_id, private_pem(pair.key), certificate_pem(pair.certificate),
            certificate_pem(merchant.pair.certificate), world.root_file, sign_type=sign_type)
    return AliPay(
        merchant.app_id, app_private_key_string=private_pem(pair.key),
        alipay_public_key_string=public_pem(merchant.key), sign_type=sign_type)


def our_side(world, merchant, gateway):
    """The SDK as a merchant uses it, for our application."""
    if merchant.uses_certificates:
        client = DCAliPay(
            merchant.app_id, private_pem(merchant.key), certificate_pem(merchant.pair.certificate),
            certificate_pem(world.alipay.certificate), world.root_file)
    else:
        client = AliPay(
            merchant.app_id, app_private_key_string=private_pem(merchant.key),
            alipay_public_key_string=public_pem(world.alipay.key))
    client._gateway = gateway
    return client


def certificate_serial(certificate):
    return DCAliPay.get_cert_sn(certificate_pem(certificate))


def content(sdk, fields, charset="utf-8"):
    """The signed text: sorted by the SDK, without empty values."""
    filled = {name: value for name, value in fields.items() if value != "" and name != "sign"}
    return Exact("&".join(f"{name}={value}" for name, value in sdk._ordered_data(filled)).encode(charset))


def is_genuine(sdk, fields):
    """Whether our application signed a request."""
    try:
        return sdk._verify(content(sdk, fields), fields.get("sign", ""))
    except ValueError:
        return False


def sign(sdk, data):
    return sdk._sign(Exact(data))
