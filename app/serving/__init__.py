"""Serving: one process (`process.py`), or several that share a port (`workers.py`), until told to stop.

Whoever starts several (`supervisor.py`) binds the port (`listeners.py`), keeps the processes (`worker_process.py`) that
run `worker.py`, and holds nothing of the server itself.
"""
