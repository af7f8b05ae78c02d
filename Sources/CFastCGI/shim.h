#include <fcgiapp.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * Begins a request on a connection that the caller has accepted.
 *
 * FCGX_Accept_r can accept by itself, but then the signal that stops an idle worker may also hit
 * it between accept(2) and the last read of the parameters, where it drops the connection:
 * a request would be lost at each restart. It skips its accept when a connection is already open, as
 * it is for the second request of a kept connection; that is the state set up here. The request
 * must have been initialized with the listening socket -1, so that after a broken request it returns
 * an error instead of accepting another connection.
 *
 * The request owns the connection from here on.
 */
static inline int fcgx_begin_on_connection(FCGX_Request *request, int connection) {
  request->keepConnection = 1;
  request->ipcFd = connection;
  return FCGX_Accept_r(request);
}

/* The calling thread's number in the kernel; allowed in a signal handler. */
static inline int fcgx_thread_number(void) { return (int)syscall(SYS_gettid); }
