"""Tools for those who make and keep the course; no lesson imports them."""
