# Both sums are measured from the largest score so far; when that grows, one factor brings them to the new one.
def attend_in_blocks(query, blocks):
    highest, total, summed = -np.inf, 0.0, 0.0
    for key, value in blocks:
        scores = key @ query / np.sqrt(len(query))
        new = max(highest, scores.max())
        factor = np.exp(highest - new)
        exps = np.exp(scores - new)
        summed = summed * factor + exps @ value
        total = total * factor + exps.sum()
        highest = new
    return summed / total
