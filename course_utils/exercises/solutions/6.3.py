# What is left out becomes minus infinity before the softmax, so that the others share the whole 1.
def next_probabilities(logits, temperature, top_k):
    smallest = np.sort(logits)[-top_k]
    scaled = np.where(logits >= smallest, logits, -np.inf) / temperature
    exps = np.exp(scaled - scaled.max())
    return exps / exps.sum()
