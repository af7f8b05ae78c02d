# shellcheck shell=bash
# Makes backup sets and adds to them; see backup-set.sh for what they are.

# Keeps at least this much of the disk free: a full disk would stop the database itself.
free_bytes_min=$((256 << 20))
# A backup may grow by this much, in percent of the one before, for as long as nobody looks.
growth_percent=150

# --- pieces

# Encrypts standard input into a new file of a set. Its steps depend on each other by "&&", since a
# caller may ask for its status, where errexit does not hold.
write_piece() {
  local drill
  drill=$(drill_recipient) && zstd --quiet --stdout | encrypt "$drill" >"$1.partial" \
    && sync "$1.partial" && mv "$1.partial" "$1"
}

# Names a piece in the manifest, by which it becomes part of the set.
# usage: note_piece SET KIND FILE [NAME=VALUE...]
note_piece() {
  local set=$1 kind=$2 file=$3
  shift 3
  {
    cat "$set/manifest"
    echo "piece kind=$kind file=$file bytes=$(stat -c %s "$set/$file") sha256=$(checksum "$set/$file")" \
      "drill=$(drill_recipient) $*"
  } >"$set/manifest.new"
  sync "$set/manifest.new"
  mv "$set/manifest.new" "$set/manifest"
}

# The next number of a kind, as in incremental-0003.
next_name() {
  local count
  count=$(pieces "$1" "$2" | wc -l)
  printf '%s-%04d' "$2" $((count + 1))
}

# What was broken off last time.
remove_leftovers() {
  local set=$1 file
  for file in "$set"/*; do
    case $file in
      */manifest) ;;
      *) grep -qF " file=$(basename "$file") " "$set/manifest" || rm -f "$file" ;;
    esac
  done
}

# --- the books

newest_entry() {
  with_site "$(program)" ledger newest | cut -d ' ' -f 1 || die 'the ledger cannot be read: no backup of it; those before are as they were'
}

# How far the tables reach, as a word of the manifest; nothing while no row is sealed.
anchor() { with_site "$(program)" ledger anchor 2>/dev/null || true; }

# All pages that changed since a position of the redo log, or all of them since 0.
add_pages() {
  local set=$1 kind=$2 from=$3 name=$4 facts=$work/facts log=$work/log since=() begun entry anchor
  [ "$kind" = full ] || since=(--incremental-lsn="$from")
  command -v mariadb-backup >/dev/null || die 'mariadb-backup is missing: apt install mariadb-backup'
  begun=$(date +%s)
  entry=$(newest_entry)
  anchor=$(anchor)
  rm -rf "$facts"
  if ! mariadb-backup --backup --stream=mbstream --user=root --socket="$(setting COINPAY_DB_SOCKET)" \
    "${since[@]}" --extra-lsndir="$facts" --target-dir="$work/target" 2>"$log" \
    | write_piece "$set/$name.mbs.zst.age" || ! grep -q 'completed OK!' "$log"; then
    tail -5 "$log" >&2
    die "the $kind backup failed; the sets before it are as they were"
  fi
  # shellcheck disable=SC2046 # words
  note_piece "$set" "$kind" "$name.mbs.zst.age" "begun=$begun" "ended=$(date +%s)" "entry=$entry" \
    "from_lsn=$from" "to_lsn=$(sed -n 's/^to_lsn = //p' "$facts/xtrabackup_checkpoints")" \
    $(log_position "$facts/xtrabackup_info") $anchor
}

# Where in the binary log a backup stands, as words of the manifest.
log_position() {
  sed -nE "s/^binlog_pos = filename '([^']*)', position '([0-9]+)'(, GTID of the last change '([^']*)')?.*/binlog=\1 position=\2 gtid=\4/p" "$1"
}

# The whole schema as statements, in one consistent reading.
add_dump() {
  local set=$1 name=$2 begun entry anchor log=$work/log
  local options=(--single-transaction --quick --routines --triggers --hex-blob "$(setting COINPAY_DB_NAME)")
  begun=$(date +%s)
  entry=$(newest_entry)
  anchor=$(anchor)
  if ! dump "${options[@]}" 2>"$log" | write_piece "$set/$name.sql.zst.age"; then
    tail -5 "$log" >&2
    die 'the dump failed; the sets before it are as they were'
  fi
  # shellcheck disable=SC2046 # words
  note_piece "$set" dump "$name.sql.zst.age" "begun=$begun" "ended=$(date +%s)" "entry=$entry" \
    $(dump_position "$set/$name.sql.zst.age") $anchor
}

dump() {
  if [ -n "$(setting COINPAY_DB_HOST)" ]; then
    with_owner mariadb-dump "$@"
  elif writes_binary_logs; then
    with_local_administrator mariadb-dump --master-data=2 "$@"
  else
    with_local_administrator mariadb-dump "$@"
  fi
}

# It stands in the first lines of the dump.
dump_position() {
  local identity
  identity=$(cat "$drill_key")
  { decrypt "$1" || true; } | head -c 65536 | grep -a -m 1 '^-- CHANGE MASTER TO MASTER_LOG_FILE' \
    | sed -E "s/.*MASTER_LOG_FILE='([^']*)', MASTER_LOG_POS=([0-9]+).*/binlog=\1 position=\2/" || true
}

# --- binary logs

writes_binary_logs() {
  [ -z "$(setting COINPAY_DB_HOST)" ] && [ "$(with_local_administrator mariadb -NB -e 'SELECT @@log_bin')" = 1 ]
}

# Keeps the logs that are closed and newer than the set's first state, each once.
archive_binary_logs() {
  local set=$1 first folder name closed kept
  writes_binary_logs || return 0
  first=$(value "$(states "$set" | head -1)" binlog)
  [ -n "$first" ] || return 0
  with_local_administrator mariadb -e 'FLUSH BINARY LOGS'
  folder=$(dirname "$(with_local_administrator mariadb -NB -e 'SELECT @@log_bin_basename')")
  mapfile -t closed < <(with_local_administrator mariadb -NB -e 'SHOW BINARY LOGS' | cut -f 1)
  # The last is open.
  unset 'closed[-1]'
  kept=" $(pieces "$set" binlog | sed 's/.* name=//' | tr '\n' ' ')"
  for name in "${closed[@]}"; do
    [[ ! $name < $first && $kept != *" $name "* ]] || continue
    write_piece "$set/binlog-$name.zst.age" <"$folder/$name"
    note_piece "$set" binlog "binlog-$name.zst.age" "name=$name"
  done
}

# --- the configuration

# /etc/coinpay, the nginx site and changed units. Beside them, since they are of no use elsewhere as
# they are: the certificates that links point to, and secrets that only this machine decrypts.
add_configuration() {
  local set=$1 name file copy=$work/configuration
  local parts=(etc/coinpay)
  name=$(printf 'configuration-%04d.tar.zst.age' "$(pieces "$set" configuration | wc -l)")
  rm -rf "$copy"
  mkdir -p "$copy/tls"
  for file in "$etc"/tls/*; do
    if [ -f "$file" ]; then cp --dereference "$file" "$copy/tls/"; fi
  done
  if is_encrypted; then decrypt_credentials "$copy/credentials"; else mkdir "$copy/credentials"; fi
  for file in /etc/nginx/sites-available/coinpay /etc/systemd/system/coinpay*.d; do
    [ ! -e "$file" ] || parts+=("${file#/}")
  done
  tar --create --directory=/ "${parts[@]}" --directory="$copy" tls credentials | write_piece "$set/$name"
  rm -rf "$copy"
  note_piece "$set" configuration "$name"
}

decrypt_credentials() {
  local target=$1 file group
  for file in "$etc"/credentials/*/*; do
    group=$(basename "$(dirname "$file")")
    mkdir -p "$target/$group"
    read_credential "$(credential_name "$file")" "$file" >"$target/$group/$(basename "$file")"
  done
}

# --- sets

# Refuses before the disk is full rather than when it is.
need_space() {
  local wanted=$(($1 * growth_percent / 100 + free_bytes_min)) free
  free=$(free_bytes "$backups")
  [ "$free" -ge "$wanted" ] || die "no backup: $backups has $(in_megabytes "$free") free and" \
    "$(in_megabytes "$wanted") are needed; free some, or lower COINPAY_BACKUP_KEEP_DAYS"
}

last_bytes() {
  local set=$1
  shift
  value "$(pieces "$set" "$@" | tail -1)" bytes
}

# Files come and go meanwhile.
data_bytes() { { du -sb "$1" 2>/dev/null || true; } | cut -f 1; }

take_full() {
  local method name set data identity size bytes before
  method=$(backup_method)
  before=$(newest_set)
  data=none identity=none size=0
  if [ "$method" = physical ]; then
    data=$(data_folder)
    identity=$(data_identity "$data")
    size=$(data_bytes "$data")
  fi
  if [ -z "$before" ]; then need_space "$size"; else need_space "$(last_bytes "$before" full dump)"; fi
  # What was logged since the last hour is the end of the set before.
  [ -z "$before" ] || [ "$(about_set "$before" data)" != "$identity" ] || archive_binary_logs "$before"
  name=$(new_name)
  set=$backups/$name.partial
  mkdir -m 0700 "$set"
  say "full backup $name, $method"
  echo "set format=$manifest_format method=$method version=$(cat $libexec/version)" \
    "server=$(server_version) database=$(setting COINPAY_DB_NAME) data=$identity data_bytes=$size" >"$set/manifest"
  if [ "$method" = physical ]; then add_pages "$set" full 0 full; else add_dump "$set" dump-0001; fi
  add_configuration "$set"
  sync --file-system "$set"
  mv "$set" "$backups/$name"
  sync --file-system "$backups"
  bytes=$(last_bytes "$backups/$name" full dump)
  note_fact backup-full bytes "$bytes"
  say "full backup $name: $(in_megabytes "$bytes"), newest ledger entry $(value "$(states "$backups/$name")" entry)"
  remove_old
  copy_elsewhere "$backups/$name"
}

# Sets are named by the second.
new_name() {
  local name
  name=$(date -u +%Y%m%dT%H%M%SZ)
  while [ -e "$backups/$name" ]; do
    sleep 0.2
    name=$(date -u +%Y%m%dT%H%M%SZ)
  done
  echo "$name"
}

server_version() { as_database_owner -NB -e 'SELECT VERSION()'; }

# Why nothing can be added to a set; empty when it can.
why_a_full_one() {
  local set=$1 method=$2
  if [ -z "$set" ]; then
    echo 'there is none yet'
  elif [ "$(about_set "$set" method)" != "$method" ]; then
    echo 'the method is another'
  elif [ "$(about_set "$set" server)" != "$(server_version)" ]; then
    echo 'MariaDB is another version'
  elif [ "$method" = physical ] && [ "$(about_set "$set" data)" != "$(data_identity "$(data_folder)")" ]; then
    echo 'the data folder is another'
  fi
}

take_incremental() {
  local set method reason last
  method=$(backup_method)
  set=$(newest_set)
  reason=$(why_a_full_one "$set" "$method")
  if [ -n "$reason" ]; then
    say "a full backup in place of an addition: $reason"
    take_full
    return
  fi
  remove_leftovers "$set"
  need_space "$(last_bytes "$set" incremental dump | grep . || echo 0)"
  if [ "$method" = physical ]; then
    last=$(value "$(states "$set" | tail -1)" to_lsn)
    add_pages "$set" incremental "$last" "$(next_name "$set" incremental)"
  else
    add_dump "$set" "$(next_name "$set" dump)"
  fi
  add_configuration "$set"
  archive_binary_logs "$set"
  last=$(states "$set" | tail -1)
  say "added to $(basename "$set"): $(value "$last" file), newest ledger entry $(value "$last" entry)"
  copy_elsewhere "$set"
}

# --- age and copies

# Sets, and configurations that `coinpay deploy` kept, past their days; never the newest of either.
remove_old() {
  local days
  days=$(setting COINPAY_BACKUP_KEEP_DAYS)
  "$libexec/coinpay" backup-set expire "$backups" ${days:+--days="$days"} || exit 1
}

# Half-made sets and removed ones; nobody else is at it under the lock.
remove_partial() {
  local folder
  for folder in "$backups"/[0-9]*Z.partial "$backups"/[0-9]*Z; do
    [ -d "$folder" ] || continue
    [[ $folder != *.partial && -e $folder/manifest ]] || rm -rf "$folder"
  done
}

copy_elsewhere() {
  local command
  command=$(setting COINPAY_BACKUP_COPY_COMMAND)
  [ -n "$command" ] || return 0
  # The words of the command are the operator's, the last is the folder.
  bash -c "$command \"\$1\"" copy "$1" 7>&- || die "the backup is kept here, but COINPAY_BACKUP_COPY_COMMAND failed for $1"
}
