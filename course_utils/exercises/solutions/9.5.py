# A position leaves a key and a value, 2 times d_k numbers, in each key/value head of each layer.
def kv_cache_bytes(layers, kv_heads, d_k, length, bytes_per_number):
    return 2 * layers * kv_heads * d_k * length * bytes_per_number
