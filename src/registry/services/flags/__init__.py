"""Flags: raised by dated rules after what the register was told, or by hand; dismissed, or escalated to a case."""
