"""Slack's Web API, as far as the sandbox offers it: `METHODS` names every method with what it needs."""
