"""Credit lists: who may be listed for what, by which steps, and on which days an entry is in force."""
