"""Trends: what an organisation may see of its visits, as numbers of groups that tell nothing of one visitor.

A question (`Trend`) chooses cells of tables that are fixed beforehand, so that asking more or otherwise gives nothing
more. Each cell gets its noise once, by a secret key, and is shown when it is then large enough. No function here takes
or gives the number of a visitor. Why it holds: docs/decisions/0029-trends-are-cells-of-fixed-tables.md
"""

from houvast.visits.trends.asking import Answer, Group, Trends
from houvast.visits.trends.question import Measure, Trend

__all__ = ["Answer", "Group", "Measure", "Trend", "Trends"]
