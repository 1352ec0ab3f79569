# A rival, a share of the area, or that nobody measured it: one of these speaks against each of the four False ones.
answers_7_6 = {
    "nearness sees textures": False,
    "attention finds the digit": True,
    "only attention knows where": False,
    "a bag without positions": True,
    "the rollout lies on the ink": False,
    "they look where people look": False,
}
