# i - j says how far back a key lies: not later means at least 0, in the window means less than window.
def window_mask(length, window):
    back = np.arange(length)[:, None] - np.arange(length)
    return (back >= 0) & (back < window)
