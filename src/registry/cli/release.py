"""The release this program belongs to."""

VERSION = "0.1.0"
