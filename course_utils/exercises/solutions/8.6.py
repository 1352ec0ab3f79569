# Ten times the samples are a hundred times the power, 20 dB; two independent noises are twice the power, 3 dB.
snr_after = 20 - 10 * np.log10(100) - 10 * np.log10(2)
