"""Does by itself, and at its time, what a person would run: prove, drift, scan, and mail about what is new.

In: a target, settings. Out: runs and alarms at the desk, letters. Jobs hold no personal data, can be done twice, and
are done again when their worker was killed. It decides nothing. Needs the extra `web`.
"""

from houvast.worker.run import Worker

__all__ = ["Worker"]
