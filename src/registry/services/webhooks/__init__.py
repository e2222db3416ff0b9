"""Webhooks: subscribers that are told of changes, each in order and at least once."""
