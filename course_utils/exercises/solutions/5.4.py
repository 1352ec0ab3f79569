# In most rows of A the largest weight is one to the right, of B on the same letter, of C one to the left.
heads_of_jobs = ("neither", "twin", "left neighbour")
