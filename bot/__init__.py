"""Dipper: a Slack bot that walks a team through onboarding to the DIP. See ARCHITECTURE.md for the rooms."""
