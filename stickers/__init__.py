"""From a trend to an approved, print-ready design with its words."""
