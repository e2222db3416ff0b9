"""The scoring core: arrays in, arrays out; no I/O, no clock, no database."""
