/* The settlement's SQL, one event at a time, from plain libmariadb threads without HTTP.

   usage: baseline SOCKET USER PASSWORD DATABASE THREADS FIRST LAST
   Settles the payments whose provider_txn_id is pi_bench_FIRST ... pi_bench_LAST and prints the
   number of settlements, the seconds that they took, and the milliseconds of p50 and p99. */

#include <mysql.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STATEMENTS 13
#define PARAMETERS_MAX 4
#define RESULT_BYTES 256

static const char *texts[STATEMENTS] = {
    "SELECT event_key, id FROM payment_events WHERE provider = 'STRIPE' AND event_key IN (?)",
    "INSERT INTO payment_events (provider, event_key, source, kind, out_trade_no, provider_txn_id,"
    " merchant_account, live_mode, amount, currency, cause, occurred_at, received_at, body, state,"
    " next_attempt_at) VALUES ('STRIPE', ?, 'NOTIFICATION', 'SUCCEEDED', NULL, ?, '', 0, 149,"
    " 'USD', NULL, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), REPEAT('x', 1400), 'PENDING',"
    " UTC_TIMESTAMP(6))",
    "SELECT event_key, id FROM payment_events WHERE provider = 'STRIPE' AND event_key IN (?)",
    "SELECT provider_txn_id, id, order_id FROM payments WHERE provider = 'STRIPE' AND"
    " provider_txn_id IN (?)",
    "SELECT id, order_no, user_id, coins FROM coin_orders WHERE id IN (?) ORDER BY id FOR UPDATE",
    "SELECT id, status, amount FROM payments WHERE order_id IN (?) ORDER BY id FOR UPDATE",
    "UPDATE coin_orders SET status = 'PAID', paid_at = UTC_TIMESTAMP(6), updated_at ="
    " UTC_TIMESTAMP(6) WHERE id = ?",
    "UPDATE payments SET status = 'SUCCEEDED', succeeded_at = UTC_TIMESTAMP(6), updated_at ="
    " UTC_TIMESTAMP(6) WHERE id = ?",
    "INSERT INTO order_transitions (order_id, payment_id, from_status, to_status, actor, cause,"
    " event_id, created_at) VALUES (?, ?, 'PENDING', 'SUCCEEDED', 'provider:STRIPE', 'paid', ?,"
    " UTC_TIMESTAMP(6)), (?, NULL, 'PENDING', 'PAID', 'provider:STRIPE', 'paid', NULL,"
    " UTC_TIMESTAMP(6))",
    "SELECT id, user_id, balance, entry_count, head_hash FROM wallets WHERE user_id IN (?) ORDER"
    " BY id FOR UPDATE",
    "INSERT INTO ledger_entries (wallet_id, sequence, kind, reference, debit_account,"
    " credit_account, coins, balance_after, order_id, event_id, created_at, previous_hash, hash)"
    " SELECT id, entry_count + 1, 'PURCHASE', ?, 'sales', CONCAT('wallet:', id), 100, balance + 100,"
    " ?, ?, UTC_TIMESTAMP(6), head_hash, UNHEX(SHA2(RAND(), 256)) FROM wallets WHERE user_id = ?",
    "UPDATE wallets SET balance = balance + 100, entry_count = entry_count + 1, updated_at ="
    " UTC_TIMESTAMP(6) WHERE user_id = ?",
    "UPDATE payment_events SET state = 'SETTLED', outcome = 'CREDITED', payment_id = ?, settled_at"
    " = UTC_TIMESTAMP(6), next_attempt_at = NULL WHERE id = ?",
};

static const char *socket_path, *user, *password, *database;
static int first, last, next_number;
static double *milliseconds;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void fail(const char *what, const char *why) {
  fprintf(stderr, "%s: %s\n", what, why);
  exit(1);
}

struct worker {
  MYSQL *connection;
  MYSQL_STMT *statements[STATEMENTS];
  char result[PARAMETERS_MAX + 1][RESULT_BYTES];
};

/* Runs statement `index` with text parameters; the first row's columns land in `result`. */
static int run(struct worker *worker, int index, const char *p0, const char *p1, const char *p2,
               const char *p3) {
  MYSQL_STMT *statement = worker->statements[index];
  const char *values[PARAMETERS_MAX] = {p0, p1, p2, p3};
  MYSQL_BIND binds[PARAMETERS_MAX], columns[PARAMETERS_MAX + 1];
  memset(binds, 0, sizeof binds);
  memset(columns, 0, sizeof columns);
  for (int i = 0; i < PARAMETERS_MAX && values[i]; i++) {
    binds[i].buffer_type = MYSQL_TYPE_STRING;
    binds[i].buffer = (void *)values[i];
    binds[i].buffer_length = strlen(values[i]);
  }
  mysql_stmt_bind_param(statement, binds);
  if (mysql_stmt_execute(statement)) return -1;
  int count = mysql_stmt_field_count(statement), rows = 0;
  if (count > 0) {
    for (int i = 0; i < count; i++) {
      columns[i].buffer_type = MYSQL_TYPE_STRING;
      columns[i].buffer = worker->result[i];
      columns[i].buffer_length = RESULT_BYTES - 1;
    }
    mysql_stmt_bind_result(statement, columns);
    mysql_stmt_store_result(statement);
    memset(worker->result, 0, sizeof worker->result);
    while (mysql_stmt_fetch(statement) != MYSQL_NO_DATA) rows++;
    mysql_stmt_free_result(statement);
  }
  return rows;
}

static int settle(struct worker *worker, int number) {
  char key[64], intent[64], event[RESULT_BYTES], payment[RESULT_BYTES], order[RESULT_BYTES];
  char order_no[RESULT_BYTES], user_id[RESULT_BYTES];
  snprintf(key, sizeof key, "evt_plain_%d", number);
  snprintf(intent, sizeof intent, "pi_bench_%d", number);
  if (mysql_query(worker->connection, "START TRANSACTION")) return -1;
  if (run(worker, 0, key, 0, 0, 0) < 0 || run(worker, 1, key, intent, 0, 0) < 0) return -1;
  if (mysql_query(worker->connection, "SAVEPOINT coinpay")) return -1;
  if (run(worker, 2, key, 0, 0, 0) != 1) return -1;
  strcpy(event, worker->result[1]);
  if (run(worker, 3, intent, 0, 0, 0) != 1) return -1;
  strcpy(payment, worker->result[1]);
  strcpy(order, worker->result[2]);
  if (run(worker, 4, order, 0, 0, 0) != 1) return -1;
  strcpy(order_no, worker->result[1]);
  strcpy(user_id, worker->result[2]);
  if (run(worker, 5, order, 0, 0, 0) < 0 || run(worker, 6, order, 0, 0, 0) < 0 ||
      run(worker, 7, payment, 0, 0, 0) < 0 || run(worker, 8, order, payment, event, order) < 0 ||
      run(worker, 9, user_id, 0, 0, 0) < 0 || run(worker, 10, order_no, order, event, user_id) < 0 ||
      run(worker, 11, user_id, 0, 0, 0) < 0 || run(worker, 12, payment, event, 0, 0) < 0)
    return -1;
  return mysql_query(worker->connection, "COMMIT");
}

static void *work(void *unused) {
  struct worker worker;
  worker.connection = mysql_init(NULL);
  if (!mysql_real_connect(worker.connection, NULL, user, password, database, 0, socket_path, 0))
    fail("connect", mysql_error(worker.connection));
  mysql_query(worker.connection, "SET SESSION tx_isolation = 'READ-COMMITTED', time_zone = '+00:00'");
  for (int i = 0; i < STATEMENTS; i++) {
    worker.statements[i] = mysql_stmt_init(worker.connection);
    if (mysql_stmt_prepare(worker.statements[i], texts[i], strlen(texts[i])))
      fail(texts[i], mysql_stmt_error(worker.statements[i]));
  }
  for (;;) {
    pthread_mutex_lock(&lock);
    int number = next_number++;
    pthread_mutex_unlock(&lock);
    if (number > last) break;
    double began = now();
    while (settle(&worker, number)) {
      unsigned code = mysql_errno(worker.connection);
      for (int i = 0; i < STATEMENTS && !code; i++) code = mysql_stmt_errno(worker.statements[i]);
      if (code != 1213 && code != 1205) fail("settle", mysql_error(worker.connection));
      mysql_query(worker.connection, "ROLLBACK");
    }
    milliseconds[number - first] = (now() - began) * 1000;
  }
  mysql_close(worker.connection);
  return unused;
}

static int compare(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

int main(int count, char **arguments) {
  if (count != 8) fail("usage", "baseline SOCKET USER PASSWORD DATABASE THREADS FIRST LAST");
  socket_path = arguments[1];
  user = arguments[2];
  password = arguments[3];
  database = arguments[4];
  int threads = atoi(arguments[5]);
  first = next_number = atoi(arguments[6]);
  last = atoi(arguments[7]);
  int total = last - first + 1;
  milliseconds = calloc(total, sizeof *milliseconds);
  pthread_t *ids = calloc(threads, sizeof *ids);
  mysql_library_init(0, NULL, NULL);
  double began = now();
  for (int i = 0; i < threads; i++) pthread_create(&ids[i], NULL, work, NULL);
  for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
  double seconds = now() - began;
  qsort(milliseconds, total, sizeof *milliseconds, compare);
  printf("%d %.3f %.2f %.2f\n", total, seconds, milliseconds[total / 2],
         milliseconds[total * 99 / 100]);
  return 0;
}
