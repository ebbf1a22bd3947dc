"""Every job of the shop in one list: name, function, cron (UTC), why it exists, the switch that stops it.

A job without one is not idle when Etsy is halted: no request goes out, and it tells what has to wait.
"""

from stickertrendz.ops.joblist import Job

HOUSE, OPS = "stickertrendz.housekeeping.jobs", "stickertrendz.ops.jobs"
SCORES = "Asks a model about new topics, within the day's count and the month's AI budget."
DRAWS = "Buys pictures and the model's verdicts on them, within the day's count and the month's AI budget."
SELLS = "Puts designs on sale on Etsy, $0.20 each, up to the day's count and the month's cap on fees."
CHANGES = "Changes prices on Etsy and takes listings on and off sale there, as was decided here."
PRINTS = "Sends paid orders to the printer, who charges for each, and tells buyers that their parcel is on its way."
PRICES = "Works out every price anew; those within bounds go to Etsy with the next push_changes."
DAY = "Erases customer data whose time is over and old records; mails the day's summary once."
REJECTS = "Rejects designs that waited 48 hours for a verdict."
TAKES_DOWN = "Takes designs off sale in which a new term of the blocklist is found."
MENDS = "Mends on Etsy what was asked for on the page of differences; what is not asked for is only told."

JOBS = [
    Job("trend_monitor", "trends.jobs.trend_monitor", "0 */2 * * *", "Watches what people care about", "trends",
        SCORES),
    Job("trend_evaluation", "trends.jobs.trend_evaluation", "30 1-23/2 * * *", "Scores what was put off", "trends",
        SCORES),
    Job("sticker_generator", "stickers.jobs.sticker_generator", "*/10 * * * *", "Draws designs", reaches=DRAWS),
    Job("publisher", "etsy.jobs.publisher", "*/10 * * * *", "Puts approved designs on sale", "publishing", SELLS),
    Job("push_changes", "etsy.jobs.push_changes", "3-58/5 * * * *", "Makes Etsy follow shelves and prices",
        reaches=CHANGES),
    Job("order_sync", f"{HOUSE}.order_sync", "*/15 * * * *", "Brings orders in and sends them to print",
        reaches=PRINTS),
    Job("pricing_engine", "pricing.jobs.pricing_engine", "0 6 * * *", "Moves prices as trends age", "pricing", PRICES),
    Job("analytics_sync", f"{HOUSE}.analytics_sync", "0 8 * * *", "Reads views, measures the day, mails it",
        reaches=DAY),
    Job("review_deadlines", "stickers.jobs.review_deadlines", "20 * * * *", "Reminds of designs without a verdict",
        reaches=REJECTS),
    Job("moderation_sample", "stickers.jobs.moderation_sample", "30 5 * * 1", "Draws rejected designs to be judged"),
    Job("blocklist_rescan", "stickers.jobs.blocklist_rescan", "10 2 * * *", "Looks for new terms in designs on sale",
        reaches=TAKES_DOWN),
    Job("reconcile", "etsy.reconcile.reconcile", "40 3 * * *", "Compares Etsy with our books", "etsy", MENDS),
    Job("seo_week", "etsy.seo.tell_week", "30 8 * * 1", "Mails how listings are found and bought from"),
    Job("send_mail", f"{OPS}.send_mail", "* * * * *", "Empties the outbox"),
    Job("heartbeat", f"{OPS}.heartbeat", "* * * * *", "Shows that a worker lives; closes dead runs"),
]  # fmt: skip
