# Each layer keeps half of x by its residual and takes half by attention; a later layer mixes what earlier ones mixed.
def rollout(layers):
    T = len(layers[0])
    result = np.eye(T)  # before any layer every token is itself
    for layer in layers:
        mixed = 0.5 * layer + 0.5 * np.eye(T)
        result = mixed @ result  # the later layer on the left
    return result
