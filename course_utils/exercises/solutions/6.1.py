# x runs straight through; each layer reads a normalised copy of it and adds what it found.
def pre_norm_block(x, attention, feed_forward, norm_1, norm_2):
    middle = x + attention(norm_1(x))
    return middle + feed_forward(norm_2(middle))
