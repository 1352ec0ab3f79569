# Dividing by the sum keeps the proportions and makes the total 1.
def shares(amounts):
    return amounts / amounts.sum()
