/* Fails chosen system calls on the files below one folder, for a process that is started with LD_PRELOAD.

   FAULT_ROOT     folder; calls on other files pass
   FAULT_CALL     write, fsync, rename, open, mkdir, unlink, truncate, read, lock
   FAULT_AT       number of the call that fails, from 1; 0 only counts
   FAULT_ERRNO    number of the error
   FAULT_LASTING  1: every call from that one on fails, as on a full disk; the first write is then cut in half
   FAULT_COUNTER  file of 8 bytes that all processes of one trial count in

   The environment is read at the first call and by `fault_reload`, which a forked process calls. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static char root[PATH_MAX], call[16];
static long at;
static int number, lasting, ready;
static volatile uint64_t *counter;

static void load(void) {
    ready = 1;
    const char *folder = getenv("FAULT_ROOT"), *name = getenv("FAULT_CALL"), *file = getenv("FAULT_COUNTER");
    root[0] = 0;
    if (!folder || !name || !file) return;
    int fd = syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0) return;
    void *memory = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (memory == MAP_FAILED) return;
    counter = memory;
    snprintf(root, sizeof root, "%s", folder);
    snprintf(call, sizeof call, "%s", name);
    at = getenv("FAULT_AT") ? atol(getenv("FAULT_AT")) : 0;
    number = getenv("FAULT_ERRNO") ? atoi(getenv("FAULT_ERRNO")) : EIO;
    lasting = getenv("FAULT_LASTING") && getenv("FAULT_LASTING")[0] == '1';
}

void fault_reload(void) { load(); }

static int below(const char *path) {
    size_t length = strlen(root);
    return !strncmp(path, root, length) && (path[length] == '/' || !path[length]);
}

static int named(int folder, const char *path) {
    char whole[2 * PATH_MAX], link[64], start[PATH_MAX];
    if (!path) return 0;
    if (path[0] == '/') return below(path);
    ssize_t length;
    if (folder == AT_FDCWD) length = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/cwd", start, sizeof start - 1);
    else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
        length = syscall(SYS_readlinkat, AT_FDCWD, link, start, sizeof start - 1);
    }
    if (length <= 0) return 0;
    start[length] = 0;
    snprintf(whole, sizeof whole, "%s/%s", start, path);
    return below(whole);
}

static int opened(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return below(path);
}

/* 0: pass; 1: fail; 2: the first of a lasting fault. */
static int due(const char *kind) {
    uint64_t count = __atomic_add_fetch(counter, 1, __ATOMIC_SEQ_CST);
    (void)kind;
    if (at <= 0 || count < (uint64_t)at) return 0;
    if (count == (uint64_t)at) return lasting ? 2 : 1;
    return lasting ? 1 : 0;
}

static int meant(const char *kind) {
    if (!ready) load();
    return root[0] && !strcmp(call, kind);
}

#define FAILS_ON_NAME(kind, folder, path)                    \
    if (meant(kind) && named(folder, path) && due(kind)) {   \
        errno = number;                                      \
        return -1;                                           \
    }
#define FAILS_ON_FILE(kind, fd)                              \
    if (meant(kind) && opened(fd) && due(kind)) {            \
        errno = number;                                      \
        return -1;                                           \
    }
#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static int makes(int flags) {
    /* A full or read-only disk lets files be read. */
    int writes = flags & (O_CREAT | O_WRONLY | O_RDWR);
    return writes || (number != ENOSPC && number != EROFS && number != EDQUOT);
}

#define OPENS(name)                                                                                 \
    int name(const char *path, int flags, ...) {                                                    \
        mode_t mode = 0;                                                                            \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                        \
            va_list rest;                                                                           \
            va_start(rest, flags);                                                                  \
            mode = va_arg(rest, mode_t);                                                            \
            va_end(rest);                                                                           \
        }                                                                                           \
        if (meant("open") && makes(flags)) FAILS_ON_NAME("open", AT_FDCWD, path)                    \
        return syscall(SYS_openat, AT_FDCWD, path, flags | O_LARGEFILE, mode);                      \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name)                                                                              \
    int name(int folder, const char *path, int flags, ...) {                                        \
        mode_t mode = 0;                                                                            \
        if (flags & (O_CREAT | O_TMPFILE)) {                                                        \
            va_list rest;                                                                           \
            va_start(rest, flags);                                                                  \
            mode = va_arg(rest, mode_t);                                                            \
            va_end(rest);                                                                           \
        }                                                                                           \
        if (meant("open") && makes(flags)) FAILS_ON_NAME("open", folder, path)                      \
        return syscall(SYS_openat, folder, path, flags | O_LARGEFILE, mode);                        \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

FILE *fopen(const char *path, const char *mode) {
    if (meant("open") && makes(mode[0] == 'r' ? 0 : O_CREAT) && named(AT_FDCWD, path) && due("open")) {
        errno = number;
        return NULL;
    }
    REAL(fopen);
    return real(path, mode);
}
FILE *fopen64(const char *path, const char *mode) { return fopen(path, mode); }

static ssize_t cut(int fd, const void *data, size_t size, off_t place, int placed, ssize_t *written) {
    if (!meant("write") || !opened(fd)) return 0;
    int how = due("write");
    if (!how) return 0;
    if (how == 2 && size > 1) {
        *written = placed ? syscall(SYS_pwrite64, fd, data, size / 2, place) : syscall(SYS_write, fd, data, size / 2);
        return 1;
    }
    errno = number;
    *written = -1;
    return 1;
}

ssize_t write(int fd, const void *data, size_t size) {
    ssize_t written;
    if (cut(fd, data, size, 0, 0, &written)) return written;
    return syscall(SYS_write, fd, data, size);
}
ssize_t pwrite(int fd, const void *data, size_t size, off_t place) {
    ssize_t written;
    if (cut(fd, data, size, place, 1, &written)) return written;
    return syscall(SYS_pwrite64, fd, data, size, place);
}
ssize_t pwrite64(int fd, const void *data, size_t size, off64_t place) { return pwrite(fd, data, size, place); }
ssize_t writev(int fd, const struct iovec *parts, int count) {
    FAILS_ON_FILE("write", fd)
    return syscall(SYS_writev, fd, parts, count);
}
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t size, unsigned flags) {
    FAILS_ON_FILE("write", out)
    return syscall(SYS_copy_file_range, in, from, out, to, size, flags);
}
ssize_t sendfile(int out, int in, off_t *from, size_t size) {
    FAILS_ON_FILE("write", out)
    return syscall(SYS_sendfile, out, in, from, size);
}
ssize_t sendfile64(int out, int in, off64_t *from, size_t size) { return sendfile(out, in, from, size); }
int posix_fallocate(int fd, off_t from, off_t size) {
    if (meant("write") && opened(fd) && due("write")) return number;
    REAL(posix_fallocate);
    return real(fd, from, size);
}

ssize_t read(int fd, void *data, size_t size) {
    FAILS_ON_FILE("read", fd)
    return syscall(SYS_read, fd, data, size);
}
ssize_t pread(int fd, void *data, size_t size, off_t place) {
    FAILS_ON_FILE("read", fd)
    return syscall(SYS_pread64, fd, data, size, place);
}
ssize_t pread64(int fd, void *data, size_t size, off64_t place) { return pread(fd, data, size, place); }

int fsync(int fd) {
    FAILS_ON_FILE("fsync", fd)
    return syscall(SYS_fsync, fd);
}
int fdatasync(int fd) {
    FAILS_ON_FILE("fsync", fd)
    return syscall(SYS_fdatasync, fd);
}
int ftruncate(int fd, off_t size) {
    FAILS_ON_FILE("truncate", fd)
    return syscall(SYS_ftruncate, fd, size);
}
int ftruncate64(int fd, off64_t size) { return ftruncate(fd, size); }
int truncate(const char *path, off_t size) {
    FAILS_ON_NAME("truncate", AT_FDCWD, path)
    return syscall(SYS_truncate, path, size);
}
int truncate64(const char *path, off64_t size) { return truncate(path, size); }
int flock(int fd, int operation) {
    FAILS_ON_FILE("lock", fd)
    return syscall(SYS_flock, fd, operation);
}

int rename(const char *old, const char *new) {
    FAILS_ON_NAME("rename", AT_FDCWD, new)
    return syscall(SYS_renameat2, AT_FDCWD, old, AT_FDCWD, new, 0);
}
int renameat(int from, const char *old, int to, const char *new) {
    FAILS_ON_NAME("rename", to, new)
    return syscall(SYS_renameat2, from, old, to, new, 0);
}
int mkdir(const char *path, mode_t mode) {
    FAILS_ON_NAME("mkdir", AT_FDCWD, path)
    return syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}
int mkdirat(int folder, const char *path, mode_t mode) {
    FAILS_ON_NAME("mkdir", folder, path)
    return syscall(SYS_mkdirat, folder, path, mode);
}
int unlink(const char *path) {
    FAILS_ON_NAME("unlink", AT_FDCWD, path)
    return syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}
int unlinkat(int folder, const char *path, int flags) {
    FAILS_ON_NAME("unlink", folder, path)
    return syscall(SYS_unlinkat, folder, path, flags);
}
int rmdir(const char *path) {
    FAILS_ON_NAME("unlink", AT_FDCWD, path)
    return syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR);
}
