"""From what people talk about to a scored trend."""
