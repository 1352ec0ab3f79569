# Fifty equal factors make 1e-10, so one of them is its fiftieth root.
factor_per_step = 1e-10 ** (1 / 50)
