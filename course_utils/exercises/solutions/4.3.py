# The first word sees itself, the second two words, the last all ten.
open_weights = sum(range(1, 11))
