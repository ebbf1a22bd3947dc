"""Every job of the shop in one list: name, function, cron (UTC), why it exists, the switch that stops it."""

from stickertrendz.ops.joblist import Job

JOBS = [
    Job("send_mail", "stickertrendz.ops.jobs.send_mail", "* * * * *", "Alerts and summaries leave by the outbox."),
    Job("heartbeat", "stickertrendz.ops.jobs.heartbeat", "* * * * *", "Shows that a worker lives; closes dead runs."),
]
