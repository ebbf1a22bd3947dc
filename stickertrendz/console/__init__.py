"""The operator's console: Django admin, front page, security."""
