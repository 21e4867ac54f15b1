/// The functions of SQLite that Swift cannot import because they are variadic.
#ifndef JOBMON_CSQLITE_H
#define JOBMON_CSQLITE_H

#include <sqlite3.h>

/// SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE: whether closing the last connection keeps the write-ahead log, instead of moving
/// its contents into the database and removing it. Returns an SQLite result code.
int csqlite_keep_log_on_close(sqlite3 *connection, int keeps);

#endif
