/// The few Linux calls Swift cannot import: variadic functions, and values that are C macros.
#ifndef JOBMON_CLINUX_H
#define JOBMON_CLINUX_H

#include <sys/types.h>

/// prctl(PR_SET_CHILD_SUBREAPER, 1): orphaned descendants become children of the calling process. 0 or -1 with errno.
int clinux_become_subreaper(void);

/// prctl(PR_SET_PDEATHSIG, signal): the signal the caller gets when the thread that forked it ends. 0 or -1 with errno.
int clinux_set_parent_death_signal(int signal);

#endif
