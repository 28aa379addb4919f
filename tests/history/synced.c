/* Keeps beside each file what a power cut would leave of it: its content at its last fsync. Preloaded into a process
   that writes a store below the folder WW_SYNCED; see power.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void keep(int fd) {
  char name[64], path[4096], fresh[4200], kept[4200], piece[65536];
  const char *folder = getenv("WW_SYNCED");
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (!folder || length < 0) return;
  path[length] = 0;
  if (strncmp(path, folder, strlen(folder))) return;
  snprintf(fresh, sizeof fresh, "%s.fresh", path);
  snprintf(kept, sizeof kept, "%s.synced", path);
  int in = open(path, O_RDONLY), out = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (in >= 0 && out >= 0)
    while ((length = read(in, piece, sizeof piece)) > 0)
      if (write(out, piece, length) != length) abort();
  close(in);
  close(out);
  rename(fresh, kept);
}

int fsync(int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
  int done = real(fd);
  if (!done) keep(fd);
  return done;
}

int fdatasync(int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
  int done = real(fd);
  if (!done) keep(fd);
  return done;
}
