# Twenty steps, each keeping 0.9 of what is left.
share_left = 0.9**20
