# A moment is a column; once transposed, this is attention with one query, the moments as keys and as values.
def pool_over_time(spectrogram, query):
    frames = spectrogram.T  # (T, mels)
    scores = frames @ query / np.sqrt(len(query))  # (T,)
    exps = np.exp(scores - scores.max())
    weights = exps / exps.sum()
    return weights @ frames, weights
