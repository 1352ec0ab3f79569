# Distance 0 stands in the middle of the table; clipping keeps every place inside it, and so away from negative indices.
def relative_scores(table, T):
    max_distance = len(table) // 2
    distance = np.arange(T)[None, :] - np.arange(T)[:, None]  # (T_q, T_k): key - query
    places = np.clip(distance, -max_distance, max_distance) + max_distance
    return table[places]
