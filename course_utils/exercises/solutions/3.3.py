# The mask belongs to the keys, so it has an axis of length 1 for the queries; it goes in before the softmax.
def cross_weights(query, key, lengths):
    scores = query @ np.swapaxes(key, 1, 2) / np.sqrt(query.shape[-1])  # (batch, T_q, T_k)
    mask = np.arange(key.shape[1]) < lengths[:, None]  # (batch, T_k)
    allowed = np.where(mask[:, None, :], scores, -np.inf)
    exps = np.exp(allowed - allowed.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)
