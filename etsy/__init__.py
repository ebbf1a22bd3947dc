"""The Etsy channel: makes the shop there equal to what is wanted here."""
