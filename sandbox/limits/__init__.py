"""Slack's limits for messages and views, as pure functions from a payload to a list of problems."""

from sandbox.limits.messages import problems_of_message, warnings_of_message
from sandbox.limits.problem import Problem
from sandbox.limits.views import problems_of_view, warnings_of_view

__all__ = ["Problem", "problems_of_message", "problems_of_view", "warnings_of_message", "warnings_of_view"]
