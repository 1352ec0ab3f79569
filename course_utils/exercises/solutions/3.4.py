# Only words that have a source can hit it; position 0 is a source, None is not.
def on_source(weights, alignment):
    places = weights.argmax(axis=-1)
    hits = [place == source for place, source in zip(places, alignment) if source is not None]
    return sum(hits) / len(hits)
