# The mask picks out the rows of the real tokens; the length comes last, after the mean.
def sentence_vector(states, mask):
    mean = states[mask].mean(axis=0)
    return mean / np.linalg.norm(mean)
