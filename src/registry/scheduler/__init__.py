"""The scheduler: a job is one service call; of several workers one leads, by a lock that ends with its connection.

schedules    cron as cron means it, in the zone of law days
jobs         the jobs as data
history      what ran when, and how it ended
leadership   the lock
metrics      what Prometheus sees of a worker
following    what change sets concern is rated anew at once
worker       standing by, leading, catching up, stopping
"""
