# The mask goes in before the softmax; a row that may attend nowhere gets a harmless maximum of 0.
def masked_weights(scores, mask):
    allowed = np.where(mask, scores, -np.inf)
    highest = np.where(mask.any(axis=-1, keepdims=True), allowed.max(axis=-1, keepdims=True), 0.0)
    exps = np.exp(allowed - highest)
    total = exps.sum(axis=-1, keepdims=True)
    return exps / np.where(total > 0, total, 1.0)
