# The decoder is given what stands before each word and asked for the word itself, and at last for the end.
def given_and_wanted(english, start, end):
    given = [start, *english]
    wanted = [*english, end]
    return np.array([given, wanted])
