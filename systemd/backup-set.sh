# shellcheck shell=bash
# What a backup is: a folder, the set, with encrypted pieces and a plain manifest.
#
#   /var/lib/coinpay/backups/20260131T020000Z/manifest
#   /var/lib/coinpay/backups/20260131T020000Z/full.mbs.zst.age
#   /var/lib/coinpay/backups/20260131T020000Z/configuration-0000.tar.zst.age
#   /var/lib/coinpay/backups/20260131T020000Z/incremental-0001.mbs.zst.age ...
#
# The manifest's first line tells about the set, each other one about a piece, in the order in which
# they were made, as words NAME=VALUE:
#
#   set      format method version server database data data_bytes
#   piece    kind file bytes sha256 drill, and by kind:
#            full, incremental, dump: begun ended (seconds since 1970) entry (the ledger's newest
#            when it began) anchor (how far all tables about money reached) binlog position gtid;
#            full, incremental: from_lsn to_lsn
#            binlog: name
#
# A file that the manifest does not name is not part of the set, so that what was broken off is never
# taken for a backup. Pieces are encrypted by age to the operator's keys and to the drill's.

backups=/var/lib/coinpay/backups
# In memory only: a stolen disk or copy reads nothing.
drill_key=/run/coinpay/drill.key
backup_lock=/run/coinpay/backup.lock
# A full backup or a drill of a large shop may be under way.
lock_seconds_max=14400
manifest_format=1

# Backups, drills and restores exclude each other.
take_lock() {
  exec 7>"$backup_lock"
  flock -n 7 || say 'waiting for the backup, drill or restore that is under way'
  flock -w $lock_seconds_max 7 || die "another backup, drill or restore is under way for more than $lock_seconds_max s"
}

# --- manifests

# The value of a name in a line of a manifest; empty without it.
value() { if [[ " $1 " =~ " $2="([^ ]*)" " ]]; then printf '%s\n' "${BASH_REMATCH[1]}"; fi; }

about_set() { value "$(sed -n 's/^set //p' "$1/manifest")" "$2"; }

# The lines about pieces of some kinds; of all without one.
pieces() {
  local set=$1 kinds
  shift
  kinds=$(IFS='|' && echo "$*")
  grep -E "^piece kind=(${kinds:-[a-z]+}) " "$set/manifest" || true
}

# What holds the books, as opposed to the configuration and logs of changes.
states() { pieces "$1" full incremental dump; }

# The folders of all sets, the oldest first.
sets() {
  local folder
  for folder in "$backups"/[0-9]*Z; do
    [ ! -s "$folder/manifest" ] || echo "$folder"
  done
}

newest_set() { sets | tail -1; }

# The folder of a set by its name, its path, or `newest`.
find_set() {
  local set=$1
  [ "$set" != newest ] || set=$(newest_set)
  [ -n "$set" ] || die 'there is no backup yet'
  [ -d "$set" ] || set=$backups/$set
  [ -s "$set/manifest" ] || die "$1 is no backup: $set/manifest is not there"
  grep -q "^set format=$manifest_format " "$set/manifest" || die "$set is a backup of another version of coinpay"
  realpath "$set"
}

# --- keys

# The public half of the drill's key, which is made where there is none, as after a restart.
drill_recipient() {
  if [ ! -s $drill_key ]; then
    [ "$(stat --file-system --format=%T "$(dirname $drill_key)")" = tmpfs ] \
      || die "$(dirname $drill_key) is not in memory: a key for drills must not be on a disk"
    (umask 077 && age-keygen >$drill_key.new 2>/dev/null)
    mv -f $drill_key.new $drill_key
  fi
  age-keygen -y $drill_key
}

# Encrypts standard input to the operator's keys and to others.
encrypt() {
  local options=() recipient
  local -a operators
  IFS=, read -r -a operators <<<"$(setting COINPAY_BACKUP_RECIPIENT)"
  for recipient in "${operators[@]}" "$@"; do options+=(--recipient "$recipient"); done
  age "${options[@]}"
}

# Reads a private key into `identity`, from which nothing writes it: it is handed on by pipes.
read_identity() {
  local file=$1
  if [ "$file" = - ]; then
    identity=$(cat)
  elif head -c 64 "$file" | grep -aqE '^(age-encryption\.org/|-----BEGIN AGE ENCRYPTED)'; then
    # A key that is kept under a passphrase, which age asks for.
    identity=$(age --decrypt "$file") || die "$file cannot be opened"
  else
    identity=$(cat "$file") || die "$file cannot be read"
  fi
  [ -n "$identity" ] || die 'the private key is empty'
}

# Decrypts a piece to standard output, unpacked.
decrypt() {
  age --decrypt --identity <(printf '%s\n' "$identity") "$1" 2>>"$age_log" | zstd --decompress --quiet --stdout 2>>"$age_log"
}

# Why decrypting failed, in our words.
tell_decrypt_failure() {
  local piece=$1
  if grep -q 'no identity matched' "$age_log"; then
    say "$piece: encrypted to other keys than this one"
  else
    say "$piece: damaged or cut off: $(sed -n 's/^age: error: //p' "$age_log" | head -1)"
  fi
}

# --- checks

# Sizes and checksums, and that each increment goes on where the one before it ended. Says what is
# wrong; needs no key.
check_set() { "$libexec/coinpay" backup-set check "$1"; }

checksum() { sha256sum "$1" | cut -d ' ' -f 1; }

# Decrypts every piece to its end.
check_readable() {
  local set=$1 line file failed=0
  while read -r line; do
    file=$(value "$line" file)
    : >"$age_log"
    decrypt "$set/$file" >/dev/null || {
      tell_decrypt_failure "$file"
      failed=1
    }
  done < <(pieces "$set")
  return $failed
}

# --- the database

backup_method() {
  local method remote
  method=$(setting COINPAY_BACKUP_METHOD)
  remote=$(setting COINPAY_DB_HOST)
  case $method in
    '') if [ -n "$remote" ]; then echo dump; else echo physical; fi ;;
    dump) echo dump ;;
    physical)
      [ -z "$remote" ] || die 'COINPAY_BACKUP_METHOD=physical needs the database on this machine'
      echo physical
      ;;
    *) die 'COINPAY_BACKUP_METHOD is physical or dump' ;;
  esac
}

# The data folder of this machine's MariaDB, as it is configured; it need not run.
data_folder() {
  local folder
  folder=$(mariadbd --user=mysql --verbose --help 2>/dev/null | awk '$1 == "datadir" { print $2 }') || true
  [ -n "$folder" ] || die 'mariadbd is not installed here: apt install mariadb-server'
  realpath -m "$folder"
}

# Another data folder than the one before has another history: increments do not go on in it.
data_identity() { stat -c '%i-%W' "$1/ibdata1" 2>/dev/null || echo none; }

free_bytes() { df --output=avail -B1 "$1" | tail -1 | tr -d ' '; }

in_megabytes() { echo "$(($1 / 1000000)) MB"; }
