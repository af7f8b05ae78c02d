# shellcheck shell=bash
# Brings back the configuration that a set holds; a part of `coinpay restore`.

# Unpacks the newest one into memory and puts it in the place of the present, which is kept.
restore_configuration() {
  local set=$1 file copy=$work/configuration
  file=$(value "$(pieces "$set" configuration | tail -1)" file)
  mkdir -m 0700 "$copy"
  decrypt "$set/$file" | tar --extract --same-owner --same-permissions --directory="$copy"
  use_plain_credentials "$copy"
  kept_configuration=$etc.before-restore-$stamp
  say 'bringing back the configuration'
  mv "$etc" "$kept_configuration"
  way_back=("mv $etc $etc.failed-restore-$stamp" "mv $kept_configuration $etc" "${way_back[@]}")
  cp --archive "$copy/etc/coinpay" "$etc"
  restore_certificates "$copy/tls"
  if [ -d "$copy/etc/systemd" ]; then cp --archive "$copy/etc/systemd/system/." /etc/systemd/system/; fi
  systemctl daemon-reload
}

# Credentials that the old machine's key had encrypted come back plain; setup encrypts them anew.
use_plain_credentials() {
  local copy=$1 etc_copy=$1/etc/coinpay
  encrypt_again=no
  [ -e "$etc_copy/credentials/encrypted" ] || return 0
  encrypt_again=yes
  rm "$etc_copy/credentials/encrypted"
  cp --recursive "$copy/credentials/." "$etc_copy/credentials/"
  # They name secrets that are encrypted by a key which is not here.
  rm -rf "$copy"/etc/systemd/system/coinpay*.d/credentials.conf "$copy"/etc/systemd/system/coinpay-task@purge.service.d/keeper.conf
}

# Links to certificates that are not on this machine become the certificates themselves.
restore_certificates() {
  local file
  for file in "$1"/*; do
    if [ -f "$file" ] && [ ! -e "$etc/tls/$(basename "$file")" ]; then
      cp --remove-destination "$file" "$etc/tls/"
    fi
  done
}

# As on a new machine; then the nginx site as it was, unless nginx refuses it here.
set_up_site() {
  local options=(--non-interactive) site=/etc/nginx/sites-available/coinpay
  [ "$encrypt_again" = no ] || options+=(--encrypt-credentials)
  $libexec/coinpay setup "${options[@]}"
  [ -e "$work/configuration$site" ] || return 0
  cp "$site" "$work/site"
  cp "$work/configuration$site" "$site"
  if nginx -q -t; then
    systemctl reload nginx
  else
    cp "$work/site" "$site"
    say "nginx does not accept the site as it was: $site is as setup makes it"
  fi
}
