# Frame t begins at t * hop; as many are cut as fit, so nothing has to be made up.
def cut_frames(samples, length, hop):
    T = 1 + (len(samples) - length) // hop
    return np.stack([samples[t * hop : t * hop + length] for t in range(T)])
