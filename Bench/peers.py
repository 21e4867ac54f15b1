"""Bench/peers.py NAME COUNT: COUNT no-op shell commands by another system, two at a time, with the Python that has it.

Runs in the current folder, and prints seconds from the submission to the last end: what a system needs to start and
to stop is not counted.
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


def shell(n):
    return subprocess.run(["sh", "-c", f"true {n}"], check=True).returncode


def hyperqueue(count):
    from hyperqueue import Job, LocalCluster
    from hyperqueue.cluster import WorkerConfig

    with LocalCluster() as cluster:
        cluster.start_worker(WorkerConfig(cores=2))
        client = cluster.client()

        def body():
            job = Job()
            for n in range(count):
                job.program(["sh", "-c", f"true {n}"])
            client.wait_for_jobs([client.submit(job)])

        timed(body)


def dask(count):
    from distributed import Client, LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        timed(lambda: client.gather(client.map(shell, range(count), pure=False)))


def parsl(count):
    import parsl as it
    from parsl.executors import HighThroughputExecutor
    from parsl.providers import LocalProvider

    executor = HighThroughputExecutor(
        label="two", max_workers_per_node=2, address="127.0.0.1", loopback_address="127.0.0.1",
        provider=LocalProvider(init_blocks=1, max_blocks=1))

    @it.bash_app
    def command(n):
        return f"true {n}"

    with it.load(it.Config(executors=[executor], usage_tracking=0)):
        command(-1).result()
        timed(lambda: [future.result() for future in [command(n) for n in range(count)]])


def luigi(count):
    import luigi as it

    class Command(it.Task):
        n = it.IntParameter()

        def output(self):
            return it.LocalTarget(f"done/{self.n}")

        def run(self):
            shell(self.n)
            with self.output().open("w"):
                pass

    pathlib.Path("done").mkdir()
    timed(lambda: it.build([Command(n) for n in range(count)], workers=2, local_scheduler=True, log_level="ERROR"))


def snakemake(count):
    pathlib.Path("Snakefile").write_text(
        f'rule all:\n  input: expand("done/{{n}}", n=range({count}))\n'
        'rule command:\n  output: touch("done/{n}")\n  shell: "true {wildcards.n}"\n')
    program = str(pathlib.Path(sys.executable).with_name("snakemake"))
    timed(lambda: subprocess.run([program, "--cores", "2", "--quiet", "all"], check=True))


if __name__ == "__main__":
    # Parsl looks for its own programs there.
    os.environ["PATH"] = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
    globals()[sys.argv[1]](int(sys.argv[2]))
