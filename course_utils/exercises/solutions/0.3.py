# In the row of 'it' the largest weight, 0.60, stands in the column of 'cat'.
looks_most_at = "cat"
