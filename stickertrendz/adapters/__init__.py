"""Outside services that several apps use."""
