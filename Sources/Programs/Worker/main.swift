import JobmonWorker

// The program is a separate target because it is linked statically, and tests cannot link a statically linked program.
WorkerProgram.main()
