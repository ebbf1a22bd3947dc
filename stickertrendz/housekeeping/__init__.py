"""Jobs and commands across all apps: the day's summary, the demo, the sandbox."""
