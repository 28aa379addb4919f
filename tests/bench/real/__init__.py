"""Real limiters, written by others and run on this machine, probed in real time: `python -m tests.bench.real`."""
