"""Doors to the services that only stickers use."""
