"""Sticker Trendz: a sticker business that runs itself, with one operator in charge."""
