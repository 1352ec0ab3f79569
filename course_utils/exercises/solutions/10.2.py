# With minus infinity on the diagonal nobody is its own neighbour; the largest cosine is the nearest.
def neighbour_accuracy(states, labels):
    units = states / np.linalg.norm(states, axis=1, keepdims=True)
    cosines = units @ units.T
    np.fill_diagonal(cosines, -np.inf)
    nearest = cosines.argmax(axis=1)
    return (labels[nearest] == labels).mean()
