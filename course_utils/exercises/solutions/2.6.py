# A hit is a row whose largest weight stands at the target; the mean of the hits is their rate.
def hit_rate(weights, target):
    return (weights.argmax(axis=-1) == target).mean()
