# Each column sums to 1 and no row does: axis=0 normalised over the queries.
what_is_wrong = "b"
