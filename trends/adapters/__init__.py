"""The doors to the places where people talk."""
