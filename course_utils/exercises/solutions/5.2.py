# Each head attends with its own d_k features of query, key and value; nothing is mixed until they stand side by side.
def multi_head(query, key, value, num_heads):
    d_k = query.shape[1] // num_heads
    contexts = []
    for h in range(num_heads):
        own = slice(h * d_k, (h + 1) * d_k)
        scores = query[:, own] @ key[:, own].T / np.sqrt(d_k)  # (T_q, T_k)
        exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights = exps / exps.sum(axis=-1, keepdims=True)
        contexts.append(weights @ value[:, own])  # (T_q, d_k)
    return np.concatenate(contexts, axis=1)  # (T_q, d_model)
