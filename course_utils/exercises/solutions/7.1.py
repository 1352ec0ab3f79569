# The window moves by its own size, along a row of the picture first: patches side by side, none left out.
def cut_patches(image, size):
    H, W = image.shape
    patches = []
    for row in range(0, H, size):
        for column in range(0, W, size):
            patch = image[row : row + size, column : column + size]  # (size, size)
            patches.append(patch.reshape(-1))
    return np.stack(patches)  # (N, size * size)
