# Powers add up within a band, decibels do not: so the filterbank comes first, then the floor, then the logarithm.
def log_mel(power, filterbank):
    mel = power @ filterbank.T  # (T, bins) with (bins, mels): (T, mels)
    return 10 * np.log10(np.maximum(mel, 1e-10))
