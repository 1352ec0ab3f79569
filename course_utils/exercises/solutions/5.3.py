# W_q, W_k, W_v and W_o each lead from 64 to 64 features; the heads share out these 64, so their number does not matter.
parameters_of_8_heads = 4 * (64 * 64 + 64)
