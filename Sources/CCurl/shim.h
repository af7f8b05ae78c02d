#include <curl/curl.h>

// libcurl's options are variadic, which Swift cannot call: one function for each kind of argument.

static inline CURLcode coinpay_curl_set_long(CURL *curl, CURLoption option, long value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode coinpay_curl_set_text(CURL *curl, CURLoption option, const char *value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode coinpay_curl_set_pointer(CURL *curl, CURLoption option, void *value) {
  return curl_easy_setopt(curl, option, value);
}

typedef size_t (*coinpay_curl_sink)(char *bytes, size_t size, size_t count, void *target);

static inline CURLcode coinpay_curl_set_sink(CURL *curl, CURLoption option,
                                             coinpay_curl_sink sink) {
  return curl_easy_setopt(curl, option, sink);
}

static inline CURLcode coinpay_curl_status(CURL *curl, long *status) {
  return curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, status);
}

static inline CURLcode coinpay_curl_set_blob(CURL *curl, CURLoption option, const void *bytes,
                                             size_t count) {
  struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
  return curl_easy_setopt(curl, option, &blob);
}
