/// The calls of SQLite that Swift cannot import, because they are variadic.
#ifndef JOBMON_CSQLITE_H
#define JOBMON_CSQLITE_H

#include <sqlite3.h>

/// SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE: whether closing the last connection leaves the write-ahead log as it is, instead of
/// moving it into the database and removing it. An SQLite result code.
int csqlite_keep_log_on_close(sqlite3 *connection, int keeps);

#endif
