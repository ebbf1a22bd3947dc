"""Orders, costs, printing, posting and customer data."""
