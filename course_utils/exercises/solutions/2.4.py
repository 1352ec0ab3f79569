# One row for each query, one column for each key; d_k is the length of the sum in each dot product.
def attention_weights(query, key):
    scores = query @ key.T / np.sqrt(query.shape[-1])
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)
