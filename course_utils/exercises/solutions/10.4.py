# One place at a time is left out of the whole sentence; with vectors of length 1 a dot product is the cosine.
def deletion_effects(encode, words):
    whole = encode(words)
    return [1 - whole @ encode(words[:i] + words[i + 1 :]) for i in range(len(words))]
