# A slice leaves its end out, so top + height is right as it is; and a share has a whole, which need not be 1.
def mass_in_box(weights, box):
    top, left, height, width = box
    inside = weights[top : top + height, left : left + width]
    return inside.sum() / weights.sum()
