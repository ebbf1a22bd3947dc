"""A shop as it stands after two busy years, made up for measuring: `manage.py seed_load`."""
