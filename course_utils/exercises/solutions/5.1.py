# A reshape can only cut an axis into neighbours; the swap then puts the heads in front of the positions.
def split_heads(x, num_heads):
    T, d_model = x.shape
    return x.reshape(T, num_heads, d_model // num_heads).swapaxes(0, 1)
