"""Bench/peers.py NAME COUNT SLOTS [COMMAND]: COUNT shell commands by another system, SLOTS at a time.

Needs a Python with the other system. Runs in the current folder, and prints the seconds from the submission to the last
end, without the start and the stop of the system. The default command is `true`, and each gets a number: with
`echo >>ran`, for example, you can check that each was run.
"""

import os
import pathlib
import subprocess
import sys
import time


def timed(body):
    began = time.perf_counter()
    body()
    print(f"{time.perf_counter() - began:.3f}")


def shell(command):
    return subprocess.run(["sh", "-c", command], check=True).returncode


def hyperqueue(commands, slots):
    from hyperqueue import Job, LocalCluster
    from hyperqueue.cluster import WorkerConfig

    with LocalCluster() as cluster:
        cluster.start_worker(WorkerConfig(cores=slots))
        client = cluster.client()

        job = Job()
        for command in commands:
            job.program(["sh", "-c", command])
        began = time.time()
        client.wait_for_jobs([client.submit(job)])
        # Its client checks only once a second, so the time of the last log file is used.
        last = max(path.stat().st_mtime for path in pathlib.Path().glob("*.stderr"))
        print(f"{last - began:.3f}")


def dask(commands, slots):
    from distributed import Client, LocalCluster

    # A task occupies a thread of a worker. More processes than processors are useless.
    workers = min(slots, os.cpu_count())
    cluster = LocalCluster(n_workers=workers, threads_per_worker=slots // workers, dashboard_address=None)
    with cluster, Client(cluster) as client:
        timed(lambda: client.gather(client.map(shell, commands, pure=False)))


def parsl(commands, slots):
    import parsl as it
    from parsl.executors import HighThroughputExecutor
    from parsl.providers import LocalProvider

    executor = HighThroughputExecutor(
        label="local", max_workers_per_node=slots, address="127.0.0.1", loopback_address="127.0.0.1",
        provider=LocalProvider(init_blocks=1, max_blocks=1))

    @it.bash_app
    def app(command):
        return command

    with it.load(it.Config(executors=[executor], usage_tracking=0)):
        # Warm up: this makes sure that all workers have started.
        [future.result() for future in [app("sleep 0.2") for _ in range(2 * slots)]]
        timed(lambda: [future.result() for future in [app(command) for command in commands]])


def luigi(commands, slots):
    import luigi as it

    class Command(it.Task):
        n = it.IntParameter()

        def output(self):
            return it.LocalTarget(f"done/{self.n}")

        def run(self):
            shell(commands[self.n])
            with self.output().open("w"):
                pass

    pathlib.Path("done").mkdir()

    def body():
        tasks = [Command(n) for n in range(len(commands))]
        if not it.build(tasks, workers=slots, local_scheduler=True, log_level="ERROR"):
            sys.exit("some commands failed")

    timed(body)


def snakemake(commands, slots):
    # The commands differ only in the number.
    command = commands[0].removesuffix(" 0")
    pathlib.Path("Snakefile").write_text(
        f'rule all:\n  input: expand("done/{{n}}", n=range({len(commands)}))\n'
        f'rule command:\n  output: touch("done/{{n}}")\n  shell: "{command} {{wildcards.n}}"\n')
    program = str(pathlib.Path(sys.executable).with_name("snakemake"))
    timed(lambda: subprocess.run([program, "--cores", str(slots), "--quiet", "all"], check=True))


if __name__ == "__main__":
    # Parsl looks for its own programs in PATH.
    os.environ["PATH"] = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
    name, count, slots, *command = sys.argv[1:]
    globals()[name]([f"{command[0] if command else 'true'} {n}" for n in range(int(count))], int(slots))
