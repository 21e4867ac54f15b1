import JobmonCore
