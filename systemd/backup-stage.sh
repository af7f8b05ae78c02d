# shellcheck shell=bash
# Restores a set beside what is there, into a throw-away database, and proves it. The drill ends there;
# a restore goes on with it.

throwaway=coinpay-throwaway.service
throwaway_run=/run/coinpay/throwaway
# Beside the site: it has to spare the machine, and only repeats and reads.
throwaway_buffer_bytes=$((128 << 20))
throwaway_memory_max=1G
throwaway_start_seconds=900
# More than any statement of a dump or of a binary log.
packet_bytes_max=$((1 << 30))
# Room for a set that is unpacked, in percent of the data folder that it was made of.
unpacked_percent=130

work=''
age_log=''
identity=''
# The folder with the unpacked data, and the restored ledger's newest entry.
stage_room=''
stage_newest=''
# What the chosen state has at least, and the schema's name.
stage_entry=0
stage_anchor=''
# Without the keys of the backup the seals cannot be proved before its configuration is back.
stage_has_keys=yes
stage_database=''
logs_found=()

# A folder in memory for what must not reach a disk.
make_work() {
  work=$(mktemp -d /run/coinpay/work.XXXXXX)
  age_log=$work/age
  : >"$age_log"
}

clean_up() {
  if [ -n "$stage_room" ]; then
    stop_throwaway
    rm -rf "$stage_room" $throwaway_run
  fi
  [ -z "$work" ] || rm -rf "$work"
}

# usage: stage SET ROOM [UNTIL [BINLOGS]]     UNTIL in seconds since 1970
stage() {
  local set=$1 until=${3:-} logs=${4:-} state
  stage_room=$2
  rm -rf "$stage_room"
  install -d -m 0700 -o mysql -g mysql "$stage_room"
  need_room "$set"
  state=$(chosen_states "$set" "$until" | tail -1)
  [ -n "$state" ] || die "$(basename "$set") is newer than that: choose an older one; see coinpay backup list"
  stage_entry=$(value "$state" entry)
  stage_anchor=$(value "$state" anchor)
  say "unpacking the state of $(date -u -d "@$(value "$state" ended)" '+%Y-%m-%d %H:%M:%S') UTC"
  if [ "$(about_set "$set" method)" = physical ]; then
    unpack_pages "$set" "$until"
  else
    unpack_dump "$set" "$state"
  fi
  collect_logs "$set" "$state" "$logs"
  if [ ${#logs_found[@]} -gt 0 ]; then repeat_logs "$set" "$state" "$until"; fi
}

need_room() {
  local wanted free
  wanted=$(($(about_set "$1" data_bytes) * unpacked_percent / 100))
  free=$(free_bytes "$stage_room")
  [ "$free" -ge "$wanted" ] || die "$(dirname "$stage_room") has $(in_megabytes "$free") free and" \
    "$(in_megabytes "$wanted") are needed to unpack the set"
}

# The states of a set that ended before a moment, if one is given.
chosen_states() {
  local line
  states "$1" | while read -r line; do
    if [ -z "$2" ] || [ "$(value "$line" ended)" -le "$2" ]; then echo "$line"; fi
  done
}

# --- pages

unpack_pages() {
  local set=$1 line file target data=$stage_room/data
  command -v mariadb-backup >/dev/null || die 'mariadb-backup is missing: apt install mariadb-backup'
  while read -r line; do
    file=$(value "$line" file)
    target=$data
    [ "$(value "$line" kind)" = full ] || target=$stage_room/increment
    mkdir "$target"
    say "  $file"
    decrypt "$set/$file" | mbstream --extract --directory="$target" || {
      tell_decrypt_failure "$file"
      return 1
    }
    if [ "$target" = "$data" ]; then prepare "$data"; else prepare "$data" --incremental-dir="$target"; fi
    rm -rf "$stage_room/increment"
  done < <(chosen_states "$set" "$2")
  # Without what mariadb-backup keeps beside the data.
  sed -n '/^\[/d; /=/p' "$data/backup-my.cnf" >"$stage_room/of-backup.cnf"
  rm -f "$data"/xtrabackup_* "$data/backup-my.cnf"
  chown -R mysql:mysql "$data"
  configure_throwaway
}

prepare() {
  local data=$1
  shift
  if ! mariadb-backup --prepare --use-memory=$throwaway_buffer_bytes --target-dir="$data" "$@" 2>"$work/prepare" \
    || ! grep -q 'completed OK!' "$work/prepare"; then
    tail -5 "$work/prepare" >&2
    die 'mariadb-backup cannot prepare the data'
  fi
}

# --- dumps

unpack_dump() {
  local set=$1 file database
  file=$(value "$2" file)
  database=$(about_set "$set" database)
  mariadb-install-db --no-defaults --user=mysql --datadir="$stage_room/data" --skip-test-db \
    --auth-root-authentication-method=socket >"$work/install" 2>&1 || {
    tail -5 "$work/install" >&2
    die 'an empty database cannot be made'
  }
  configure_throwaway
  start_throwaway
  say "  $file"
  # The accounts, since a log may speak of them.
  {
    echo "CREATE DATABASE \`$database\` CHARACTER SET utf8mb4;"
    for account in $accounts; do printf "CREATE USER coinpay_%s@localhost;" "$account"; done
  } | in_throwaway
  decrypt "$set/$file" | in_throwaway "$database" || {
    tell_decrypt_failure "$file"
    return 1
  }
  stop_throwaway
}

# --- binary logs

# Finds the logs that go on where a state ends: those in the set, then those of a folder. Their paths
# become `logs_found`.
collect_logs() {
  local set=$1 first folder=$3 line name logs=$stage_room/logs expected
  logs_found=()
  first=$(value "$2" binlog)
  [ -n "$first" ] || {
    [ -z "$folder" ] || die "$(basename "$set") was made without binary logs: --binlogs cannot go on from it"
    return 0
  }
  mkdir "$logs"
  while read -r line; do
    name=$(value "$line" name)
    [[ -n $name && ! $name < $first ]] || continue
    decrypt "$set/$(value "$line" file)" >"$logs/$name"
  done < <(pieces "$set" binlog)
  if [ -n "$folder" ]; then link_logs "$folder" "$first" "$logs"; fi
  expected=$((10#${first##*.}))
  for name in "$logs/${first%.*}".*; do
    [ -f "$name" ] || continue
    [ $((10#${name##*.})) -eq $expected ] || die "the binary log ${first%.*}.$(printf %06d $expected) is missing"
    expected=$((expected + 1))
    logs_found+=("$name")
  done
  [ -z "$folder" ] || [ ${#logs_found[@]} -gt 0 ] || die "$folder has no binary log that goes on from $first"
}

link_logs() {
  local folder=$1 first=$2 logs=$3 file name
  for file in "$folder/${first%.*}".*; do
    name=$(basename "$file")
    [[ $name =~ \.[0-9]+$ && ! $name < $first && ! -e $logs/$name ]] || continue
    ln -s "$(realpath "$file")" "$logs/$name"
  done
}

repeat_logs() {
  local set=$1 state=$2 until=${3:-} options
  options=(--start-position="$(value "$state" position)" --disable-log-bin)
  [ -z "$until" ] || options+=(--stop-datetime="$(date -u -d "@$until" '+%Y-%m-%d %H:%M:%S')")
  [ "$(value "$state" kind)" != dump ] || options+=(--database="$(about_set "$set" database)")
  say "repeating ${#logs_found[@]} binary logs from $(value "$state" binlog):$(value "$state" position)"
  start_throwaway
  # A log that a crash cut off ends with its last whole event; a half transaction is rolled back.
  TZ=UTC mariadb-binlog --no-defaults "${options[@]}" "${logs_found[@]}" 2>"$work/binlog" | in_throwaway || {
    tail -3 "$work/binlog" >&2
    die 'the binary logs cannot be repeated'
  }
  stop_throwaway
}

# --- the throw-away database

configure_throwaway() {
  {
    echo '[mysqld]'
    [ ! -e "$stage_room/of-backup.cnf" ] || cat "$stage_room/of-backup.cnf"
    cat <<CONF
datadir=$stage_room/data
socket=$throwaway_run/mariadb.sock
pid_file=$throwaway_run/mariadb.pid
tmpdir=$stage_room
skip_networking=1
skip_log_bin=1
event_scheduler=DISABLED
performance_schema=0
innodb_buffer_pool_size=$throwaway_buffer_bytes
innodb_flush_log_at_trx_commit=0
max_allowed_packet=$packet_bytes_max
CONF
  } >"$stage_room/my.cnf"
  chmod 0644 "$stage_room/my.cnf"
}

start_throwaway() {
  systemctl stop $throwaway 2>/dev/null || true
  install -d -m 0750 -o mysql -g coinpay $throwaway_run
  systemd-run --quiet --collect --unit=$throwaway --service-type=notify --property=User=mysql \
    --property=Group=mysql --property=TimeoutStartSec=$throwaway_start_seconds \
    --property=TimeoutStopSec=$throwaway_start_seconds --property=Nice=10 \
    --property=MemoryMax=$throwaway_memory_max --property=NoNewPrivileges=yes \
    --property=PrivateNetwork=yes --property=PrivateDevices=yes --property=ProtectHome=yes \
    --property=ProtectSystem=strict --property="ReadWritePaths=$stage_room $throwaway_run" \
    mariadbd --defaults-file="$stage_room/my.cnf" "$@" || {
    journalctl --no-pager --output=cat --lines=10 --unit=$throwaway >&2 || true
    die 'the throw-away database does not start'
  }
}

stop_throwaway() { systemctl stop $throwaway 2>/dev/null || true; }

# A mariadb client in it, as its administrator.
in_throwaway() {
  mariadb --no-defaults --socket=$throwaway_run/mariadb.sock --user=root --binary-mode \
    --max-allowed-packet=$packet_bytes_max "$@"
}

# Runs the program on it. Any password will do.
on_stage() {
  local keys=$etc/credentials/coinpay/encryption_keys options=()
  [ $stage_has_keys = no ] || [ ! -e "$keys" ] || options=("--property=$(credential_kind)=coinpay_encryption_keys:$keys")
  with_settings "${options[@]}" "--property=SetCredential=coinpay_db_socket:$throwaway_run/mariadb.sock" \
    "--property=SetCredential=coinpay_db_name:$stage_database" \
    --property=SetCredential=coinpay_db_user:coinpay_worker --property=SetCredential=coinpay_db_password:any "$(program)" "$@"
}

# Proves the ledger of the state that was unpacked, and that all is there that was when it was taken.
# usage: prove on_stage | prove with_site PROGRAM
prove() {
  local options=(ledger verify --at-least "$stage_entry")
  if [ $stage_has_keys = no ]; then
    "$@" "${options[@]}" --without-seals
  elif [ -z "$stage_anchor" ]; then
    "$@" "${options[@]}"
  else
    echo "anchor=$stage_anchor" | "$@" "${options[@]}" --anchors -
  fi
}

# Brings the schema to this version and proves the ledger; says what is wrong. The database runs on.
verify_stage() {
  stage_database=$(about_set "$1" database)
  start_throwaway --skip-grant-tables
  if ! on_stage migrate >"$work/verify" || ! prove on_stage >"$work/verify"; then
    grep -A 3 BROKEN "$work/verify" >&2 || cat "$work/verify" >&2
    return 1
  fi
  stage_newest=$(on_stage ledger newest)
}
