"""Data of the lessons: generators that need a seed, and loaders that verify what they read."""
