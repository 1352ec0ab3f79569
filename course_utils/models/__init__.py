"""The small networks of the experiments, one module each."""
