"""Puts the rooms together: a project (policy and data map) and a database (the demo's, or one by URL).

In: what a face was asked. Out: values of the rooms below. It decides nothing and prints nothing.
"""

from houvast.app.demo import Demo
from houvast.app.project import Project, load_project
from houvast.app.target import Target, find_project, find_target

__all__ = ["Demo", "Project", "Target", "find_project", "find_target", "load_project"]
