"""A first policy from a few answers: who you are, what you collect, why and how long.

In: `Answers` (`read_answers` takes them from a file). Out: the files of a project, as texts (`compose`), in which
every rule is bound to its sentence in both languages. It writes nothing.
"""

from houvast.policy.starter.answers import Answers, Recipient, mistakes, read_answers
from houvast.policy.starter.blocks import blocks
from houvast.policy.starter.compose import compose, tasks

__all__ = ["Answers", "Recipient", "blocks", "compose", "mistakes", "read_answers", "tasks"]
