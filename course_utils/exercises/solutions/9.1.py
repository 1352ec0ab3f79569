# Every query has a weight for every key, 8,192 times 8,192 of them, and each takes 4 bytes.
weights_in_bytes = 8192 * 8192 * 4
