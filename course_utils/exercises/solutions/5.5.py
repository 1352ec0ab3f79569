# True means the opposite there, and PyTorch counts all heads of sequence 0 first, then those of sequence 1.
def their_mask(mask, num_heads):
    return np.repeat(~mask, num_heads, axis=0)
