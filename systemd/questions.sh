# shellcheck shell=bash
# What setup asks. An answer that cannot be right is asked again, with the reason. Nothing is written
# before the last answer, so that the questions can be broken off.

# Settings that were given or asked for, by name.
declare -A answers=()

# Asks for what no option gave, until CHECK accepts the answer; CHECK says what is wrong with it.
# Without a standard value an answer is needed.
# usage: ask VARIABLE QUESTION CHECK [STANDARD]
ask() {
  local variable=$1 question=$2 check=$3 answer
  if [ -n "${!variable}" ]; then
    "$check" "${!variable}" || exit 1
    return
  fi
  if [ "$interactive" = no ]; then
    [ $# -ge 4 ] || die "$question: give --${variable//_/-}"
    printf -v "$variable" %s "$4"
    return
  fi
  while true; do
    read -r -p "$question${4:+ [$4]}: " answer || die 'the answers ended; nothing was changed'
    answer=${answer:-${4-}}
    if [ -n "$answer" ]; then
      ! "$check" "$answer" || break
    elif [ $# -ge 4 ]; then
      break
    else
      say 'an answer is needed'
    fi
  done
  printf -v "$variable" %s "$answer"
}

# --- what answers must be

is_anything() { :; }

is_yes_or_no() {
  [[ $1 =~ ^(yes|no)$ ]] && return
  say "answer yes or no, not '$1'"
  return 1
}

is_domain() {
  [[ $1 =~ ^([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]*[A-Za-z0-9]$ ]] && return
  say "'$1' is no domain"
  return 1
}

is_user_name() {
  [[ $1 =~ ^[A-Za-z0-9._-]{3,32}$ ]] && return
  say "a user name has 3 to 32 characters: letters, digits, '.', '_', '-'"
  return 1
}

is_password() {
  [ ${#1} -ge 12 ] && [ ${#1} -le 256 ] && return
  say 'an administrator'"'"'s password has 12 to 256 characters'
  return 1
}

is_alarm_target() {
  local target
  for target in ${1//,/ }; do
    [[ $target =~ ^(https?://.+|[^@]+@[^@]+)$ ]] && continue
    say "'$target' is neither a mail address nor an https address"
    return 1
  done
}

# Networks such as 203.0.113.0/24 or 2001:db8::/32, separated by commas; nginx looks at them once more.
is_networks() {
  local network
  [ "$1" != none ] || return 0
  for network in ${1//,/ }; do
    [[ $network =~ ^([0-9]{1,3}\.){3}[0-9]{1,3}(/([0-9]|[12][0-9]|3[0-2]))?$ ]] && continue
    [[ $network == *:* && $network =~ ^[0-9a-fA-F:]+(/([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))?$ ]] && continue
    say "'$network' is no address or network, such as 203.0.113.0/24"
    return 1
  done
}

is_header() {
  [[ $1 =~ ^[A-Za-z][A-Za-z0-9-]{0,63}$ ]] && return
  say "'$1' is no name of a header"
  return 1
}

# Public keys of age, separated by commas.
is_backup_recipient() {
  [ "$1" = none ] || check_recipients "$1" && return
  say "'$1' is no public key of age"
  return 1
}

is_for_domain() {
  openssl x509 -in "$1" -noout -checkhost "$domain" 2>/dev/null | grep -q 'does match' && return
  say "$1 is not a certificate for $domain"
  return 1
}

is_mail_address() { [[ $1 == *@* && ! -e $1 ]]; }

is_certificate_or_mail_address() { is_mail_address "$1" || is_for_domain "$1"; }

# A key that asks for a passphrase is none that nginx could use.
is_private_key() {
  openssl pkey -in "$1" -passin pass: -noout 2>/dev/null && return
  say "$1 is not a private key without a passphrase"
  return 1
}

is_key_of_certificate() {
  [ "$(openssl x509 -in "$certificate" -noout -pubkey)" = "$(openssl pkey -in "$key" -pubout)" ] && return
  say "$key is not the key of $certificate"
  return 1
}

# --- the questions

ask_certificate() {
  local question='The certificate with its chain (PEM file)'
  [ -z "$certbot" ] || return 0
  if [ -z "$certificate" ] && [ -e "$etc/tls/fullchain.pem" ]; then
    ! is_for_domain "$etc/tls/fullchain.pem" || return 0
  fi
  ! command -v certbot >/dev/null || question+=', or your mail address to get one by certbot'
  while true; do
    ask certificate "$question" is_certificate_or_mail_address
    if is_mail_address "$certificate"; then
      certbot=$certificate
      certificate=''
      return
    fi
    ask key 'Its private key (PEM file)' is_private_key
    ! is_key_of_certificate || return 0
    [ "$interactive" = yes ] || exit 1
    certificate='' key=''
  done
}

take_settings_file() {
  local line name
  while IFS= read -r line; do
    case $line in '' | '#'*) continue ;; esac
    name=${line%%=*}
    grep -q "^#\?$name=" /usr/share/coinpay/coinpay.env || die "$settings: '$name' is no setting"
    answers[$name]=${line#*=}
  done <"$settings"
}

is_set() { [ -n "${answers[$1]-}" ] || [ -n "$(setting "$1")" ]; }

# What the program would say about the settings with the answers; nothing of it is written.
problems() (
  local line file name
  while IFS= read -r line; do
    [[ ! $line =~ ^[A-Z][A-Z0-9_]*= ]] || export "${line?}"
  done <"$etc/coinpay.env"
  # What is made at the end, the first time.
  COINPAY_DB_PASSWORD=later COINPAY_SESSION_KEY=$(random_key) COINPAY_ENCRYPTION_KEYS=k1:$(random_key)
  export COINPAY_DB_PASSWORD COINPAY_SESSION_KEY COINPAY_ENCRYPTION_KEYS
  for file in "$etc"/credentials/*/*; do
    case $file in */owner/* | */keeper/*) continue ;; esac
    [ -s "$file" ] || continue
    name=$(basename "$(dirname "$file")")_$(basename "$file")
    line=$(read_credential "$name" "$file")
    export "${name^^}=$line"
  done
  export COINPAY_BASE_URL=https://$domain
  [ -z "$db_host" ] || export COINPAY_DB_SOCKET='' COINPAY_DB_HOST="$db_host" COINPAY_DB_TLS_CA="$db_ca"
  for name in "${!answers[@]}"; do export "$name=${answers[$name]}"; done
  "$libexec/coinpay" config check 2>&1 >/dev/null || true
)

check_settings() {
  local found
  found=$(problems)
  [ -n "$found" ] || return 0
  say "nothing was changed, since these settings are wrong:"$'\n'"$found"
  exit 78
}

# usage: ask_provider LABEL PREFIX NAME...
ask_provider() {
  local label=$1 prefix=$2 wanted='' name value found wrong
  shift 2
  ask wanted "Payments by $label (yes or no)" is_yes_or_no no
  [ "$wanted" = yes ] || return 0
  wrong=("$@")
  while [ ${#wrong[@]} -gt 0 ]; do
    for name in "${wrong[@]}"; do
      value=''
      ask value "  $name" is_anything
      answers[$name]=$value
    done
    found=$(problems | grep "$prefix" || true)
    [ -n "$found" ] || return 0
    say "$found"
    wrong=()
    for name in "$@"; do [[ $found != *"$name"* ]] || wrong+=("$name"); done
  done
  die 'these settings do not fit to those that are there; nothing was changed'
}

ask_providers() {
  local line label providers
  local -a names
  [ "$interactive" = yes ] || return 0
  mapfile -t providers < <("$libexec/coinpay" config questions)
  for line in "${providers[@]}"; do
    label=${line%%|*}
    read -r -a names <<<"${line#*|}"
    is_set "${names[0]}" || ask_provider "$label" "${names[0]%%_*}_" "${names[@]}"
  done
}

# Without the answer all visitors of a CDN would count as one, and one of them could use up what all may do.
ask_proxy() {
  ask proxy_addresses 'Behind a CDN or proxy: its addresses, separated by commas (or none)' is_networks \
    "$(setting COINPAY_PROXY_ADDRESSES)"
  [ "$proxy_addresses" != none ] || proxy_addresses=''
  if [ -n "$proxy_addresses" ]; then
    local before
    before=$(setting COINPAY_PROXY_HEADER)
    ask proxy_header 'The header in which it names the visitor' is_header "${before:-X-Forwarded-For}"
  else
    proxy_header=''
  fi
}

# Without a key of the operator's there are no backups, rather than some that a thief can read.
ask_backup_recipient() {
  ask backup_recipient 'Public key that backups are encrypted to (age1..., or none)' is_backup_recipient \
    "$(setting COINPAY_BACKUP_RECIPIENT)"
}

ask_administrator() {
  local again
  if [ "$interactive" = yes ] && [ ! -s "$traffic_state/active" ]; then
    ask admin 'User name of the first administrator' is_user_name admin
  fi
  [ -n "$admin" ] || return 0
  is_user_name "$admin" || exit 1
  if [ -n "$admin_password_file" ]; then
    admin_password=$(head -1 "$admin_password_file")
    is_password "$admin_password" || exit 1
    return
  fi
  [ "$interactive" = yes ] || die 'give --admin-password-file'
  while true; do
    read -r -s -p "Password of $admin: " admin_password || die 'the answers ended; nothing was changed'
    echo >&2
    is_password "$admin_password" || continue
    read -r -s -p 'The same again: ' again || die 'the answers ended; nothing was changed'
    echo >&2
    [ "$admin_password" != "$again" ] || return 0
    say 'the two differ'
  done
}
