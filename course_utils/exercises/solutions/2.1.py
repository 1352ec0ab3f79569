# The query is a factor of every score, so the scores 2, 1, 0 become 4, 2, 0.
weight_of_river = np.exp(4) / (np.exp(4) + np.exp(2) + np.exp(0))
