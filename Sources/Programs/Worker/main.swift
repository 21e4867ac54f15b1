import JobmonWorker

// The program is a target of its own: it is linked statically, which a test that links what is in it cannot be.
WorkerProgram.main()
