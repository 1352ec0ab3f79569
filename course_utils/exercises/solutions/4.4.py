# Earlier keys stand left of the diagonal (tril), and a key is open only if both masks allow it (&).
def causal_and_padding(lengths, T):
    causal = np.tril(np.ones((T, T), dtype=bool))  # (T_q, T_k)
    real = np.arange(T) < lengths[:, None]  # (batch, T_k)
    return causal & real[:, None, :]
