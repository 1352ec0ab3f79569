# First the projection, then the position: it has as many numbers as a token, not as many as a patch has pixels.
def embed_image(patches, W, positions):
    return patches @ W + positions  # (N, d)
