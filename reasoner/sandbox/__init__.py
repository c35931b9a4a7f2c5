"""The only room in which untrusted Python runs: jails, the pipes into them, and verdicts reached outside them.

    choosing       which runtime works here     landlock, bubblewrap, sandlock_backend   the runtimes
    calling        one function of an answer    unit_tests, batch                        verdicts by tests

`launcher.py`, `candidate_process.py`, `tests_process.py` and `wire_values.py` are copied into a jail's folder and run
there; they import nothing of this package.
"""
