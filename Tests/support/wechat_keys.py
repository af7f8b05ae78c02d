"""Keys, certificates and merchants of WeChat Pay's world, made anew for every run."""

import datetime
import ipaddress
import secrets
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def public_pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def certificate_pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def serial_text(certificate):
    return f"{certificate.serial_number:X}"


def serial_number():
    """Forty hexadecimal digits without a leading zero, as WeChat Pay's serial numbers are."""
    return 0x4 << 156 | secrets.randbits(154)


class Authority:
    """A certificate authority."""

    def __init__(self, name):
        self.key, self.name = new_key(), name
        self.certificate = self.issue(name, self.key, is_authority=True)

    def issue(self, name, key, addresses=(), days=365, is_authority=False):
        """A certificate that ends in so many days; below nothing, that long ago."""
        now = datetime.datetime.now(datetime.timezone.utc)
        end = now + datetime.timedelta(days=days)
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.common_name(name)).issuer_name(self.common_name(self.name))
            .public_key(key.public_key()).serial_number(serial_number())
            .not_valid_before(min(now, end) - datetime.timedelta(hours=1))
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True))
        if addresses:
            names = [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
            builder = builder.add_extension(
                x509.SubjectAlternativeName([x509.DNSName("localhost"), *names]), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    @staticmethod
    def common_name(name):
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class Merchant:
    """A merchant account: what its owner configures and what WeChat Pay knows about it."""

    def __init__(self, number, authority, version="v2", sign_type="HMAC-SHA256", public_key=False,
                 certificates=False):
        self.app_id = f"wx{number:016x}"
        self.mch_id = str(1900000000 + number)
        self.version, self.sign_type = version, sign_type
        # Both while the merchant switches from platform certificates to WeChat Pay's public key.
        self.uses_public_key, self.has_certificates = public_key, certificates
        self.api_key, self.api_v3_key = secrets.token_hex(16), secrets.token_hex(16)
        self.key = new_key()
        self.certificate = authority.issue(self.mch_id, self.key)
        self.serial = serial_text(self.certificate)


@dataclass
class Signer:
    """A key of WeChat Pay's with the name that the header Wechatpay-Serial carries."""

    serial: str
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate | None = None


class Platform:
    """What WeChat Pay signs with: platform certificates, the newest of which signs, and a bare key."""

    def __init__(self, authority):
        self.authority, self.certified = authority, []
        self.bare = Signer("PUB_KEY_ID_0119" + secrets.token_hex(14).upper(), new_key())
        self.stranger = Signer(f"{serial_number():X}", new_key())
        self.rotate()

    def rotate(self, days=1825):
        """A new platform certificate appears and signs from now on; the older ones stay listed."""
        key = new_key()
        certificate = self.authority.issue("Tenpay.com sign", key, days=days)
        self.certified.append(Signer(serial_text(certificate), key, certificate))
        return self.certified[-1]

    def signer_for(self, merchant):
        return self.bare if merchant.uses_public_key else self.certified[-1]
