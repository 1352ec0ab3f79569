# The scoring sentences have no say in the choice: so luck in choosing is not reported as a result.
def choose_and_score(choosing, scoring):
    means = choosing.mean(axis=-1)
    layer, head = np.unravel_index(means.argmax(), means.shape)
    return layer, head, scoring[layer, head].mean()
