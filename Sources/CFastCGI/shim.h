#include <fcgiapp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

// Declared by <sys/socket.h> only under _GNU_SOURCE.
extern int accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);

/// Accepts a connection whose descriptor is not passed on to other programs.
static inline int coinpay_accept(int socket) { return accept4(socket, NULL, NULL, SOCK_CLOEXEC); }
