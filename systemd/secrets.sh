# shellcheck shell=bash
# How setup writes secrets. Each file is replaced as a whole, so that breaking off leaves none half-written.

# Settings that only the worker may see become systemd credentials.
secrets=$("$libexec/coinpay" config secrets)

# Outside the folders that units load.
new_secret=$etc/credentials/.new

random_key() { openssl rand -base64 32; }

is_secret() { grep -q "^$1 " <<<"$secrets"; }

# ALIPAY_PRIVATE_KEY is the file alipay/private_key.
credential_file() {
  local name=${1,,}
  echo "$etc/credentials/${name%%_*}/${name#*_}"
}

# Writes a credential from standard input.
write_credential() {
  local name=$1 file=$2
  rm -f "$new_secret"
  if is_encrypted; then
    systemd-creds encrypt --name="$name" - "$new_secret"
  else
    (umask 077 && cat >"$new_secret")
  fi
  mv -f "$new_secret" "$file"
}

set_secret() { write_credential "${1,,}" "$(credential_file "$1")"; }

secret() { read_credential "${1,,}" "$(credential_file "$1")"; }

# A secret that is made once and kept, unless it is to be replaced.
# usage: make_secret NAME WHAT-REPLACES-IT PREFIX
make_secret() {
  local name=$1 prefix=${3-}
  if [ ! -s "$(credential_file "$name")" ] || is_replaced "$2"; then
    printf %s "$prefix$(random_key)" | set_secret "$name"
  fi
}

is_replaced() { [[ " ${replaced[*]} " == *" $1 "* ]]; }

# The first key encrypts; values of the others are read until they are re-encrypted.
add_encryption_key() {
  local keys last
  keys=$(secret COINPAY_ENCRYPTION_KEYS)
  last=$(tr , '\n' <<<"$keys" | sed -n 's/^k\([0-9]*\):.*/\1/p' | sort -n | tail -1)
  printf %s "k$((${last:-0} + 1)):$(random_key),$keys" | set_secret COINPAY_ENCRYPTION_KEYS
  say 'once the site runs: coinpay keys rotate'
}

remove_old_encryption_keys() {
  local status keys
  status=$(with_site "$libexec/current/coinpay" keys status) || die "a key is missing: coinpay keys status"
  ! grep -q 'still needed' <<<"$status" || die 'values need an old key: coinpay keys rotate'
  keys=$(secret COINPAY_ENCRYPTION_KEYS)
  printf %s "${keys%%,*}" | set_secret COINPAY_ENCRYPTION_KEYS
}

# Units of the site load the secrets decrypted by this machine's key.
encrypt_credentials() {
  local file
  if ! is_encrypted; then
    [ "$encrypt" = yes ] || return 0
    systemd-creds setup >&2
    for file in "$etc"/credentials/*/*; do
      [ -f "$file" ] || continue
      rm -f "$new_secret"
      systemd-creds encrypt --name="$(credential_name "$file")" "$file" "$new_secret"
      shred -u "$file"
      mv "$new_secret" "$file"
    done
    : >"$etc/credentials/encrypted"
  fi
  load_encrypted
}

load_encrypted() {
  local unit group purge_unit=/etc/systemd/system/coinpay-task@purge.service.d
  for unit in coinpay@.service coinpay-webhook@.service coinpay-task@.service; do
    mkdir -p "/etc/systemd/system/$unit.d"
    {
      printf '[Service]\nLoadCredential=\n'
      for group in $(credential_groups); do
        echo "LoadCredentialEncrypted=$group:$etc/credentials/$group"
      done
    } >"/etc/systemd/system/$unit.d/credentials.conf"
  done
  mkdir -p "$purge_unit"
  sed 's/^LoadCredential=coinpay/LoadCredentialEncrypted=coinpay/' /lib/systemd/system/coinpay-task@purge.service.d/keeper.conf \
    >"$purge_unit/keeper.conf"
}
