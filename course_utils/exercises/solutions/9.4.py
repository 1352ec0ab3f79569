# Keys and values are multiplied first, into a table (d_k, d_v) whose size does not depend on the length.
def linear_attention(query, key, value):
    q, k = (np.where(x > 0, x + 1, np.exp(x)) for x in (query, key))
    return q @ (k.T @ value) / (q @ k.sum(0))[:, None]
