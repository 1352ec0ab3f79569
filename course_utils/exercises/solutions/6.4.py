# The t-th token is scored against the t keys in the cache, its own among them: 1 + 2 + … + 100.
pairs_with_cache = sum(range(1, 101))
