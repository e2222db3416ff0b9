"""What Prometheus sees of a worker."""

from prometheus_client import Counter, Gauge, Histogram

LEADING = Gauge("registry_worker_leading", "1 while this worker leads", multiprocess_mode="livemax")
JOB_RUNS = Counter("registry_job_runs", "Runs of scheduled jobs that ended", ["job", "outcome"])
FOLLOW_SECONDS = Histogram(
    "registry_follow_seconds",
    "Seconds from a change set to the ratings that follow from it",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600),
)
FLAGS_RAISED = Counter("registry_flags_raised", "Flags that rules raised")
JOB_SECONDS = Histogram(
    "registry_job_seconds",
    "Seconds that a run of a job took",
    ["job"],
    buckets=(0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600),
)
WEBHOOK_MESSAGES = Counter("registry_webhook_messages", "Messages sent to webhooks", ["outcome"])
WEBHOOK_CHANGES = Counter("registry_webhook_changes", "Changes that webhooks were told")
WEBHOOKS_DISABLED = Counter("registry_webhooks_disabled", "Webhooks that the register disabled")
