"""What every offer costs, and why."""
