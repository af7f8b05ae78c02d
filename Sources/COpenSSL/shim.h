#define _GNU_SOURCE
#include <openssl/asn1.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <time.h>

// Macros that Swift cannot call.
static inline int coinpay_gcm_set_iv_length(EVP_CIPHER_CTX *context, int length) {
  return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_IVLEN, length, NULL);
}

static inline int coinpay_gcm_get_tag(EVP_CIPHER_CTX *context, int length, unsigned char *tag) {
  return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, length, tag);
}

static inline int coinpay_gcm_set_tag(EVP_CIPHER_CTX *context, int length, unsigned char *tag) {
  return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, length, tag);
}

static inline int coinpay_bio_memory(BIO *bio, char **bytes) {
  return (int)BIO_get_mem_data(bio, bytes);
}

// RFC 2253 with UTF-8 left as it is, as Java's X500Principal.getName() prints it.
static inline int coinpay_print_name(BIO *bio, const X509_NAME *name) {
  return X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}

// Seconds since 1970; -1 when the time cannot be read.
static inline long long coinpay_unix_seconds(const ASN1_TIME *time) {
  struct tm parts;
  if (ASN1_TIME_to_tm(time, &parts) != 1) return -1;
  return (long long)timegm(&parts);
}
