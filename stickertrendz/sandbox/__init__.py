"""The outside world for demo and tests: one strict HTTP server that imports nothing of the product."""
