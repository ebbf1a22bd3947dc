"""Every job of the shop in one list: name, function, cron (UTC), why it exists, the switch that stops it.

A job without one is not idle when Etsy is halted: no request goes out, and it tells what has to wait.
"""

from stickertrendz.ops.joblist import Job

HOUSE, OPS = "stickertrendz.housekeeping.jobs", "stickertrendz.ops.jobs"

JOBS = [
    Job("trend_monitor", "trends.jobs.trend_monitor", "0 */2 * * *", "Watches what people care about", "trends"),
    Job("trend_evaluation", "trends.jobs.trend_evaluation", "30 1-23/2 * * *", "Scores what was put off", "trends"),
    Job("sticker_generator", "stickers.jobs.sticker_generator", "*/10 * * * *", "Draws designs"),
    Job("publisher", "etsy.jobs.publisher", "*/10 * * * *", "Puts approved designs on sale", "publishing"),
    Job("push_changes", "etsy.jobs.push_changes", "3-58/5 * * * *", "Makes Etsy follow shelves and prices"),
    Job("order_sync", f"{HOUSE}.order_sync", "*/15 * * * *", "Brings orders in and sends them to print"),
    Job("pricing_engine", "pricing.jobs.pricing_engine", "0 6 * * *", "Moves prices as trends age", "pricing"),
    Job("analytics_sync", f"{HOUSE}.analytics_sync", "0 8 * * *", "Reads views, measures the day, mails it"),
    Job("review_deadlines", "stickers.jobs.review_deadlines", "20 * * * *", "Reminds of designs without a verdict"),
    Job("moderation_sample", "stickers.jobs.moderation_sample", "30 5 * * 1", "Draws rejected designs to be judged"),
    Job("blocklist_rescan", "stickers.jobs.blocklist_rescan", "10 2 * * *", "Looks for new terms in designs on sale"),
    Job("reconcile", "etsy.reconcile.reconcile", "40 3 * * *", "Compares Etsy with our books", "etsy"),
    Job("seo_week", "etsy.seo.tell_week", "30 8 * * 1", "Mails how listings are found and bought from"),
    Job("send_mail", f"{OPS}.send_mail", "* * * * *", "Empties the outbox"),
    Job("heartbeat", f"{OPS}.heartbeat", "* * * * *", "Shows that a worker lives; closes dead runs"),
]
