# 64 maps; a row for each of the 12 English words that ask, a column for each of the 11 German morphemes.
shape_of_weights = (64, 12, 11)
