"""Keys and certificates of Alipay's world, made anew for every run."""

import datetime
import secrets

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID


def new_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key, form=serialization.PrivateFormat.TraditionalOpenSSL):
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def public_pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def certificate_pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def bare(pem):
    """One line of base64, as Alipay's console shows keys."""
    return "".join(pem.splitlines()[1:-1])


def distinguished_name(common_name):
    """In the order of Alipay's own certificates, the reverse of which goes into the serial numbers."""
    return x509.Name([
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Ant Financial"),
        x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Certification Authority"),
        x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


class Authority:
    """A root certificate and its key."""

    def __init__(self, name, key):
        self.key, self.name = key, distinguished_name(name)
        self.certificate = self.issue(name, key, is_authority=True)

    def issue(self, name, key, is_authority=False, days=365):
        """A certificate that ends in so many days; below nothing, that long ago."""
        now = datetime.datetime.now(datetime.timezone.utc)
        end = now + datetime.timedelta(days=days)
        return (
            x509.CertificateBuilder()
            .subject_name(distinguished_name(name)).issuer_name(self.name)
            # Alipay's serial numbers do not fit into 64 bits.
            .public_key(key.public_key()).serial_number(1 << 125 | secrets.randbits(124))
            .not_valid_before(min(now, end) - datetime.timedelta(hours=1))
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .sign(self.key, hashes.SHA256()))


class Pair:
    """A key with its certificate."""

    def __init__(self, authority, name):
        self.authority, self.name, self.key = authority, name, new_key()
        self.renew()

    def renew(self, days=365):
        """Another certificate of the same key."""
        self.certificate = self.authority.issue(self.name, self.key, days=days)


class Merchant:
    """An application of ours and, in certificate mode, its certificate."""

    def __init__(self, number, uses_certificates, authority):
        self.app_id = f"20210001{number:08d}"
        self.seller_id = f"20881021{number:08d}"
        self.uses_certificates = uses_certificates
        self.pair = Pair(authority, self.app_id)

    @property
    def key(self):
        return self.pair.key


class World:
    """Everybody who has a key: Alipay, its authorities, our applications and a stranger."""

    def __init__(self):
        self.authority = Authority("Ant Financial Certification Authority R1", new_key())
        self.other_authority = Authority("Ant Financial Certification Authority R2", new_key())
        self.curve_authority = Authority("Ant Financial Certification Authority E1",
                                         ec.generate_private_key(ec.SECP256R1()))
        self.foreign_authority = Authority("Nobody's Certification Authority", new_key())
        self.alipay = Pair(self.authority, "Alipay RSA2")
        self.stranger = Pair(self.foreign_authority, "Alipay RSA2")
        self.merchants = {
            "key": Merchant(1, False, self.authority), "cert": Merchant(2, True, self.authority)}

    @property
    def root_file(self):
        """The elliptic root does not count in the serial number of the file."""
        return "\n".join(certificate_pem(authority.certificate) for authority in (
            self.curve_authority, self.authority, self.other_authority))

    def keys(self, merchant):
        """What the owner of an application copies from Alipay's console."""
        pkcs8 = private_pem(merchant.key, serialization.PrivateFormat.PKCS8)
        return {
            "app_id": merchant.app_id, "seller_id": merchant.seller_id,
            "private_pkcs1": private_pem(merchant.key), "private_pkcs8": pkcs8,
            "app_public": public_pem(merchant.key), "alipay_public": public_pem(self.alipay.key),
            "app_certificate": certificate_pem(merchant.pair.certificate),
            "alipay_certificate": certificate_pem(self.alipay.certificate), "root_certificates": self.root_file}
