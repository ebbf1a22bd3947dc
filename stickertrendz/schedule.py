"""Every job of the shop in one list: name, function, cron (UTC), why it exists, the switch that stops it."""

from stickertrendz.ops.joblist import Job

JOBS = [
    Job("trend_monitor", "trends.jobs.trend_monitor", "0 */2 * * *", "Looks at what people start to care about", "trends"),
    Job("trend_evaluation", "trends.jobs.trend_evaluation", "30 1-23/2 * * *", "Scores trends that were put off", "trends"),
    Job("sticker_generator", "stickers.jobs.sticker_generator", "*/10 * * * *", "Draws, checks and moderates designs", "generation"),
    Job("publisher", "etsy.jobs.publisher", "*/10 * * * *", "Puts approved designs on sale", "publishing"),
    Job("push_changes", "etsy.jobs.push_changes", "5-55/10 * * * *", "Makes Etsy follow prices, shelves and sections", "etsy"),
    Job("order_sync", "stickertrendz.housekeeping.jobs.order_sync", "*/15 * * * *", "Brings orders in and sends them to print"),
    Job("pricing_engine", "pricing.jobs.pricing_engine", "0 6 * * *", "Moves prices as trends age", "pricing"),
    Job("analytics_sync", "stickertrendz.housekeeping.jobs.analytics_sync", "0 8 * * *", "Reads views, measures the day, mails it"),
    Job("review_deadlines", "stickers.jobs.review_deadlines", "20 * * * *", "Reminds of designs that wait for a verdict"),
    Job("send_mail", "stickertrendz.ops.jobs.send_mail", "* * * * *", "Empties the outbox"),
    Job("heartbeat", "stickertrendz.ops.jobs.heartbeat", "* * * * *", "Shows that a worker lives; closes dead runs"),
]
