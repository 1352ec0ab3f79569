# Two empty columns are padding, an empty triangle is causal; B has both and C neither.
masks_of_maps = ("padding", "both", "none", "causal")
