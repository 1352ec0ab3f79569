# The cached tokens stand at 0 to cached - 1, so the new ones begin at cached.
def positions_of(cached, new):
    return list(range(cached, cached + new))
