# shellcheck shell=bash
# What the scripts of the package share.

libexec=/usr/lib/coinpay
etc=/etc/coinpay
traffic_state=/var/lib/coinpay/deploy
status=/var/lib/coinpay/status
# Database accounts: the owner changes the schema, the worker serves, the keeper purges.
accounts='owner worker keeper'

say() { printf 'coinpay: %s\n' "$*" >&2; }
die() {
  say "$*"
  exit 1
}

is_encrypted() { [ -e "$etc/credentials/encrypted" ]; }
credential_kind() { if is_encrypted; then echo LoadCredentialEncrypted; else echo LoadCredential; fi; }

# The file with the password of a database account.
password_file() {
  if [ "$1" = worker ]; then echo "$etc/credentials/coinpay/db_password"; else echo "$etc/credentials/$1/db_password"; fi
}

# The name that a credential's file is encrypted under. The worker's group has all accounts' passwords.
credential_name() {
  local group
  group=$(basename "$(dirname "$1")")
  case $group in owner | keeper) group=coinpay ;; esac
  echo "${group}_$(basename "$1")"
}

# The folders of the credentials that the site has.
credential_groups() { "$libexec/coinpay" config secrets | sed 's#.* \(.*\)/.*#\1#' | sort -u; }

# What a credential's file holds.
read_credential() {
  local name=$1 file=$2
  if is_encrypted; then systemd-creds decrypt --name="$name" "$file" -; else cat "$file"; fi
}

# Runs a program as the worker's unit would. Its account is the service's; the record names the person at the shell.
with_settings() {
  systemd-run --quiet --pipe --wait --collect --service-type=exec --property=User=coinpay \
    --setenv=SUDO_USER="${SUDO_USER:-$(id -un)}" \
    --property=Group=coinpay --property=EnvironmentFile="$etc/coinpay.env" \
    --property=UMask=0077 --working-directory=/ "$@"
}

with_site() {
  local group options=()
  for group in $(credential_groups); do
    options+=("--property=$(credential_kind)=$group:$etc/credentials/$group")
  done
  with_settings "${options[@]}" "$@"
}

# Runs a program with another database account. Credentials win over settings.
with_account() {
  local account=$1
  shift
  with_settings "--property=SetCredential=coinpay_db_user:coinpay_$account" \
    "--property=$(credential_kind)=coinpay_db_password:$(password_file "$account")" "$@"
}

# Notes a fact about a duty, which the worker may read; see `coinpay duty note`.
# usage: note_fact DUTY NAME VALUE
note_fact() (
  umask 022
  mkdir -p "$status/$1"
  printf '%s\n' "$3" >"$status/$1/$2.new"
  mv -f "$status/$1/$2.new" "$status/$1/$2"
)

# The value of a setting that is no secret.
setting() { sed -n "s/^$1=//p" "$etc/coinpay.env" | tail -1; }

set_setting() {
  local name=$1 value=$2 file=$etc/coinpay.env line
  line=$(printf '%s=%s' "$name" "$value" | sed 's/[&\\#]/\\&/g')
  cp -p "$file" "$file.new"
  if grep -q "^#\?$name=" "$file"; then
    sed -i "0,/^#\?$name=/s#^\#\?$name=.*#$line#" "$file.new"
  else
    printf '%s=%s\n' "$name" "$value" >>"$file.new"
  fi
  mv -f "$file.new" "$file"
}

# Whether these are public keys of age, separated by commas.
check_recipients() {
  local recipient
  local -a recipients
  IFS=, read -r -a recipients <<<"$1"
  for recipient in "${recipients[@]}"; do age --recipient "$recipient" </dev/null >/dev/null 2>&1 || return 1; done
}

# The program of the colour that answers; the package's before there is a site.
program() { if [ -x "$libexec/current/coinpay" ]; then echo "$libexec/current/coinpay"; else echo "$libexec/coinpay"; fi; }

# Starts the timers of the package that this machine does not know yet: what an operator switched off
# stays off.
enable_new_timers() {
  local file name known=$traffic_state/timers
  touch "$known"
  for file in /lib/systemd/system/coinpay-*.timer; do
    name=$(basename "$file")
    ! grep -qxF "$name" "$known" || continue
    systemctl --quiet enable --now "$name"
    echo "$name" >>"$known"
  done
}

active_colour() { cat "$traffic_state/active"; }
other_colour() { if [ "$1" = blue ]; then echo green; else echo blue; fi; }
release_of() { basename "$(readlink "$libexec/$1" 2>/dev/null)" 2>/dev/null || true; }

# Copies the package's program to a place that the next package does not overwrite, and lets a colour
# run it.
link_release() {
  local colour=$1 version release
  version=$(cat "$libexec/version")
  release=$libexec/releases/$version
  if ! cmp -s "$libexec/coinpay" "$release/coinpay"; then
    mkdir -p "$release"
    # A new file: the old one may be running.
    install -m 0755 "$libexec/coinpay" "$release/coinpay.new"
    mv -f "$release/coinpay.new" "$release/coinpay"
  fi
  ln -sfn "releases/$version" "$libexec/$colour"
}

# Old pages name old assets, so that these stay.
install_assets() { cp -n /usr/share/coinpay/assets/* /var/lib/coinpay/assets/; }

# Lets the schema be what a program needs; the rights of the other accounts follow.
migrate() {
  local program=$1 host=localhost
  with_account owner "$program" migrate || return 1
  [ -z "$(setting COINPAY_DB_HOST)" ] || host=%
  {
    "$program" grants "coinpay_worker@$host"
    "$program" grants "coinpay_keeper@$host" --keeper
  } | as_database_owner "$(setting COINPAY_DB_NAME)"
}

# A program of MariaDB's as the administrator of this machine's server.
with_local_administrator() {
  local command=$1
  shift
  "$command" --socket="$(setting COINPAY_DB_SOCKET)" --user=root "$@"
}

# Writes the statements that make the schema and the database accounts with the passwords of their
# files.
# usage: account_statements HOST [REQUIREMENT]
account_statements() {
  local host=$1 tls=${2-} database account name password
  database=$(setting COINPAY_DB_NAME)
  echo "CREATE DATABASE IF NOT EXISTS \`$database\` CHARACTER SET utf8mb4;"
  for account in $accounts; do
    password=$(read_credential coinpay_db_password "$(password_file "$account")") || return 1
    name="'coinpay_$account'@'$host'"
    echo "CREATE USER IF NOT EXISTS $name IDENTIFIED BY '$password';"
    echo "ALTER USER $name IDENTIFIED BY '$password' $tls;"
  done
  echo "GRANT ALL ON \`$database\`.* TO 'coinpay_owner'@'$host' WITH GRANT OPTION;"
}

# A mariadb client as the schema's owner; the password goes through a file descriptor.
as_database_owner() { with_owner mariadb "$@"; }

# A program of MariaDB's as the schema's owner.
with_owner() {
  local command=$1 password options=()
  shift
  password=$(read_credential coinpay_db_password "$(password_file owner)")
  if [ -n "$(setting COINPAY_DB_HOST)" ]; then
    options=(--host="$(setting COINPAY_DB_HOST)" --port="$(setting COINPAY_DB_PORT)"
      --ssl-ca="$(setting COINPAY_DB_TLS_CA)" --ssl-verify-server-cert)
  else
    options=(--socket="$(setting COINPAY_DB_SOCKET)")
  fi
  "$command" --defaults-extra-file=<(printf '[client]\npassword=%s\n' "$password") \
    --user=coinpay_owner "${options[@]}" "$@"
}

# nginx gives the share in percent of the traffic to `other`, the rest to `active`.
write_traffic() {
  local active=$1 other=$2 share=$3 file=$etc/nginx/coinpay-traffic.conf pool key line
  {
    echo '# Written by coinpay deploy: which colour answers whom.'
    for pool in web webhook; do
      # shellcheck disable=SC2016 # variables of nginx
      if [ $pool = web ]; then key='$coinpay_client'; else key='$request_id'; fi
      line="* coinpay_${active}_$pool;"
      [ "$share" -eq 0 ] || line="$share% coinpay_${other}_$pool; $line"
      [ "$share" -lt 100 ] || line="* coinpay_${other}_$pool;"
      echo "split_clients \"$key\" \$coinpay_$pool { $line }"
    done
  } >"$file.new"
  mv -f "$file.new" "$file"
}

# Whether a colour answers on its sockets, without nginx.
is_ready() { "$libexec/coinpay" is-ready "$1"; }

wait_ready() {
  local end=$((SECONDS + 20))
  until is_ready "$1"; do
    [ $SECONDS -lt $end ] || return 1
    sleep 0.2
  done
}
