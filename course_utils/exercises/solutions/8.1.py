# The noise goes from the power it has to the power it should have; the root makes a factor for samples of it.
def mix(signal, noise, snr_db):
    wanted = np.mean(signal**2) / 10 ** (snr_db / 10)  # what the power of the noise is to be
    return signal + noise * np.sqrt(wanted / np.mean(noise**2))
