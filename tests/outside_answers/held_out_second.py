"""Fresh wrong answers to the exercises of lessons 06 to 10, written when the messages stood, not to mend them with."""

import numpy as np
import torch

from outside_answers import held_out


def _softmax(scores):
    exps = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return exps / exps.sum(axis=-1, keepdims=True)


# Lesson 06


@held_out("6.1", "norms after the sum, as in the block of 2017", named="post-norm")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = norm_1(x + attention(x))
    return norm_2(x + feed_forward(x))


@held_out(
    "6.1",
    "the feed-forward network reads the stream from before attention",
    named="feed-forward network reads the first x",
)
def _(x, attention, feed_forward, norm_1, norm_2):
    return x + attention(norm_1(x)) + feed_forward(norm_2(x))


@held_out("6.1", "adds to the normed stream, not to the stream", named="both residuals from the normalised x")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = norm_1(x)
    x = x + attention(x)
    x = norm_2(x)
    return x + feed_forward(x)


@held_out("6.1", "copied the line, and left norm_1 in the second one", named="norm_1 twice")
def _(x, attention, feed_forward, norm_1, norm_2):
    x = x + attention(norm_1(x))
    x = x + feed_forward(norm_1(x))
    return x


@held_out(
    "6.1", "replaces the stream by what the last part writes", named="no residual around the feed-forward network"
)
def _(x, attention, feed_forward, norm_1, norm_2):
    middle = x + attention(norm_1(x))
    return feed_forward(norm_2(middle))


def _log_p(logits):
    logits = logits - logits.max(-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(-1, keepdims=True))


@held_out("6.2", "shifts the wrong way: asks for the token before", named="shifted the wrong way")
def _(logits, tokens):
    log_p = _log_p(logits[1:])
    return -log_p[np.arange(len(log_p)), tokens[:-1]].mean()


@held_out("6.2", "rolls round, so the last position predicts the first token", named="rolled round")
def _(logits, tokens):
    wanted = np.roll(tokens, -1)
    return -_log_p(logits)[np.arange(len(tokens)), wanted].mean()


@held_out("6.2", "a slice and a list take every row with every token", named="every step with every token")
def _(logits, tokens):
    return -_log_p(logits)[:-1, tokens[1:]].mean()


@held_out(
    "6.2", "still divides by all tokens, though one prediction is missing", named="divided by the number of tokens"
)
def _(logits, tokens):
    log_p = _log_p(logits)
    total = 0.0
    for t in range(len(tokens) - 1):
        total -= log_p[t, tokens[t + 1]]
    return total / len(tokens)


@held_out("6.2", "loses the minus while mending", named="sign forgotten")
def _(logits, tokens):
    T = len(tokens)
    return _log_p(logits)[np.arange(T - 1), tokens[1:]].mean()


@held_out("6.3", "multiplies by the temperature", named="temperature multiplied")
def _(logits, temperature, top_k):
    scores = logits * temperature
    kept = np.argsort(-scores)[:top_k]
    allowed = np.full(len(scores), -np.inf)
    allowed[kept] = scores[kept]
    return _softmax(allowed)


@held_out("6.3", "sets the logits of all others to zero", named="zero instead of minus infinity")
def _(logits, temperature, top_k):
    scores = logits / temperature
    limit = np.sort(scores)[-top_k]
    return _softmax(np.where(scores >= limit, scores, 0.0))


@held_out("6.3", "takes the k smallest: argsort goes upwards", named="the smallest kept")
def _(logits, temperature, top_k):
    scores = logits / temperature
    keep = np.argsort(scores)[:top_k]
    result = np.zeros(len(scores))
    result[keep] = _softmax(scores[keep])
    return result


@held_out("6.3", "cuts after the softmax and does not share out anew", named="not shared out again")
def _(logits, temperature, top_k):
    p = torch.softmax(torch.as_tensor(logits) / temperature, dim=-1)
    values, places = p.topk(top_k)
    return torch.zeros_like(p).scatter(0, places, values).numpy()


@held_out("6.3", "gives back only the k probabilities, sorted", named="only the kept ones, largest first")
def _(logits, temperature, top_k):
    best = np.sort(logits / temperature)[::-1][:top_k]
    return _softmax(best)


held_out("6.4", "forgets the cache's triangle: all ask all, once", named="the full square")(10000)
held_out("6.4", "a token does not ask itself", named="itself not counted")(4950)
held_out("6.4", "one pair for each new token, the rest is in the cache", named="one pair for each token")(100)
held_out("6.4", "counts as without a cache: a sum of squares", named="without a cache")(338350)
held_out("6.4", "counts key and value as a pair each", named="keys and values counted apart")(10100)

held_out("6.5", "looks at the earlier r itself, not after it", named="looks at the same token")((1, "t"))
held_out("6.5", "copies what it looks for", named="copies the same token")((1, "r"))
held_out("6.5", "counts positions from 1", named="counted from 1")((3, "t"))
held_out("6.5", "looks at the token before the earlier r", named="from the beginning")((0, "k"))
held_out("6.5", "puts the token first", named="token before position")(("t", 2))


# Lesson 07


@held_out("7.1", "one reshape, so a patch is a piece of a pixel row", named="a plain reshape")
def _(image, size):
    return image.reshape(-1, size * size)


@held_out("7.1", "goes down the columns of patches first", named="column by column")
def _(image, size):
    H, W = image.shape
    patches = []
    for left in range(0, W, size):
        for top in range(0, H, size):
            patches.append(image[top : top + size, left : left + size].ravel())
    return np.array(patches)


@held_out("7.1", "reads the pixels of a patch down its columns, as MATLAB does", named="transposed inside")
def _(image, size):
    H, W = image.shape
    return np.array(
        [image[r : r + size, c : c + size].flatten(order="F") for r in range(0, H, size) for c in range(0, W, size)]
    )


@held_out("7.1", "leaves the patches as small tables", named="patches left as squares")
def _(image, size):
    H, W = image.shape
    cut = image.reshape(H // size, size, W // size, size).swapaxes(1, 2)
    return cut.reshape(-1, size, size)


@held_out("7.1", "moves on by one pixel: patches overlap", named="overlapping patches")
def _(image, size):
    H, W = image.shape
    return np.array(
        [image[r : r + size, c : c + size].flatten() for r in range(H - size + 1) for c in range(W - size + 1)]
    )


@held_out("7.2", "a softmax for each row of the picture", named="a softmax for each row of the picture")
def _(features, query):
    C, H, W = features.shape
    scores = np.einsum("c,chw->hw", query, features) / np.sqrt(C)
    weights = _softmax(scores)
    return (features * weights).sum(axis=(1, 2)), weights


@held_out("7.2", "makes places of the features by a plain reshape", named="flattened without moving the axis")
def _(features, query):
    C, H, W = features.shape
    places = features.reshape(H * W, C)
    weights = _softmax(places @ query / np.sqrt(C))
    return weights @ places, weights.reshape(H, W)


@held_out("7.2", "forgets the division by the root", named="no scaling")
def _(features, query):
    C, H, W = features.shape
    flat = features.reshape(C, -1)
    weights = _softmax(query @ flat)
    return flat @ weights, weights.reshape(H, W)


@held_out("7.2", "gives the weights back in one row", named="weights left flat")
def _(features, query):
    C, H, W = features.shape
    flat = features.reshape(C, H * W).T
    weights = _softmax(flat @ query / np.sqrt(C))
    return weights @ flat, weights


@held_out("7.2", "gives the map first and the context second", named="weights before context")
def _(features, query):
    C, H, W = features.shape
    flat = features.reshape(C, H * W)
    weights = _softmax(query @ flat / C**0.5)
    return weights.reshape(H, W), flat @ weights


@held_out("7.3", "reads the box as top, left, bottom, right", named="height and width taken for bottom and right")
def _(weights, box):
    top, left, bottom, right = box
    return weights[top:bottom, left:right].sum() / weights.sum()


@held_out("7.3", "takes it for granted that the weights sum to 1", named="not divided by all weight")
def _(weights, box):
    top, left, height, width = box
    return weights[top : top + height, left : left + width].sum()


@held_out("7.3", "x before y: columns as the first axis", named="rows and columns of the box exchanged")
def _(weights, box):
    top, left, height, width = box
    return weights[left : left + width, top : top + height].sum() / weights.sum()


@held_out("7.3", "thinks that a slice includes its end, less one too many", named="a row and a column too few")
def _(weights, box):
    top, left, height, width = box
    return weights[top : top + height - 1, left : left + width - 1].sum() / weights.sum()


@held_out("7.3", "compares means, so the size of the box falls out", named="how many times more than evenly")
def _(weights, box):
    top, left, height, width = box
    return weights[top : top + height, left : left + width].mean() / weights.mean()


@held_out("7.4", "puts the position beside the token instead of adding it", named="positions beside the patch")
def _(patches, W, positions):
    return np.concatenate([patches @ W, positions], axis=1)


@held_out("7.4", "adds the position to the pixels, before W", named="positions added before the projection")
def _(patches, W, positions):
    return (patches + positions) @ W


@held_out("7.4", "turns W, as a linear layer keeps it", named="W transposed")
def _(patches, W, positions):
    return patches @ W.T + positions


@held_out("7.4", "forgets the positions", named="positions forgotten")
def _(patches, W, positions):
    tokens = patches @ W
    return tokens


@held_out("7.4", "multiplies the tokens by their positions", named="positions multiplied")
def _(patches, W, positions):
    return (patches @ W) * positions


@held_out("7.5", "the first layer stands on the left", named="product in the wrong order")
def _(layers):
    result = np.eye(len(layers[0]))
    for layer in layers:
        result = result @ ((layer + np.eye(len(layer))) / 2)
    return result


@held_out("7.5", "multiplies the maps alone, without the stream", named="identity forgotten")
def _(layers):
    result = layers[0]
    for layer in layers[1:]:
        result = layer @ result
    return result


@held_out("7.5", "adds the identity and does not halve", named="identity added, not halved")
def _(layers):
    T = layers[0].shape[0]
    result = np.eye(T)
    for layer in layers:
        result = (layer + np.eye(T)) @ result
    return result


@held_out("7.5", "multiplies number by number: star for the matrix product", named="maps multiplied number by number")
def _(layers):
    result = 1
    for layer in layers:
        result = (0.5 * layer + 0.5 * np.eye(len(layer))) * result
    return result


@held_out("7.5", "takes the mean of all layers, half of it the identity", named="mean with identities")
def _(layers):
    mean = np.mean(layers, axis=0)
    return (mean + np.eye(len(mean))) / 2


def _verdicts(nearness, digit, only, bag, ink, people):
    return {
        "nearness sees textures": nearness,
        "attention finds the digit": digit,
        "only attention knows where": only,
        "a bag without positions": bag,
        "the rollout lies on the ink": ink,
        "they look where people look": people,
    }


held_out("7.6", "takes 0.809 by place for seeing textures", named="a high score taken for seeing")(
    _verdicts(True, True, False, True, False, False)
)
held_out("7.6", "only attention's weights point, so only it knows", named="no weights taken for no knowledge")(
    _verdicts(False, True, True, True, False, False)
)
held_out("7.6", "without positions it got 0.631, so not the same answer", named="patches know their places")(
    _verdicts(False, True, False, False, False, False)
)
held_out("7.6", "deleting rollout's patches hurts, so it shows strokes", named="a map must lie on the object")(
    _verdicts(False, True, False, True, True, False)
)
held_out(
    "7.6",
    "believes everything that sounds good",
    named="a high score taken for seeing; no weights taken for no knowledge; a map must lie on the object; "
    "a likeness taken for a measurement",
)(_verdicts(True, True, True, True, True, True))


# Lesson 08


@held_out("8.1", "forgets the root: scales the samples by the ratio of powers", named="root forgotten")
def _(signal, noise, snr_db):
    p_signal, p_noise = np.mean(signal**2), np.mean(noise**2)
    return signal + noise * p_signal / (p_noise * 10 ** (snr_db / 10))


@held_out("8.1", "decibels over 20, and the root as well", named="20·log10 of powers")
def _(signal, noise, snr_db):
    wanted = np.mean(signal**2) / 10 ** (snr_db / 20)
    return signal + np.sqrt(wanted / np.mean(noise**2)) * noise


@held_out("8.1", "does not ask how strong both are now", named="both powers forgotten")
def _(signal, noise, snr_db):
    return signal + noise / 10 ** (snr_db / 20)


@held_out("8.1", "scales the noise in place", named="input changed in place")
def _(signal, noise, snr_db):
    ratio = np.mean(signal**2) / np.mean(noise**2)
    noise *= np.sqrt(ratio / 10 ** (snr_db / 10))
    return signal + noise


@held_out("8.1", "scales the signal and leaves the noise", named="signal scaled instead of the noise")
def _(signal, noise, snr_db):
    ratio = np.mean(noise**2) / np.mean(signal**2)
    return np.sqrt(ratio * 10 ** (snr_db / 10)) * signal + noise


@held_out("8.2", "begins a frame at every hop, the last ones are short", named="incomplete frames kept, in an array")
def _(samples, length, hop):
    return np.array([samples[start : start + length] for start in range(0, len(samples), hop)])


@held_out("8.2", "cuts frames side by side, without the hop", named="frames without overlap")
def _(samples, length, hop):
    T = len(samples) // length
    return samples[: T * length].reshape(T, length)


@held_out("8.2", "forgets the 1 +, so the last whole frame is missing", named="one frame too few")
def _(samples, length, hop):
    T = (len(samples) - length) // hop
    return np.array([samples[t * hop : t * hop + length] for t in range(T)])


@held_out("8.2", "fills the last frame up with zeros", named="a frame for each beginning, padded")
def _(samples, length, hop):
    frames = []
    for start in range(0, len(samples), hop):
        piece = samples[start : start + length]
        frames.append(np.pad(piece, (0, length - len(piece))))
    return np.array(frames)


@held_out("8.2", "frames as columns, as audio libraries have them", named="time on the last axis")
def _(samples, length, hop):
    T = 1 + (len(samples) - length) // hop
    return np.stack([samples[t * hop : t * hop + length] for t in range(T)], axis=1)


@held_out("8.3", "takes 20 times the logarithm, as for samples", named="20 instead of 10")
def _(power, filterbank):
    return 20 * np.log10(np.maximum(power @ filterbank.T, 1e-10))


@held_out("8.3", "np.log is the natural logarithm", named="natural logarithm")
def _(power, filterbank):
    return 10 * np.log(np.maximum(power @ filterbank.T, 1e-10))


@held_out("8.3", "bands as rows, moments as columns", named="time on the last axis")
def _(power, filterbank):
    mel = filterbank @ power.T
    return 10 * np.log10(np.clip(mel, 1e-10, None))


@held_out("8.3", "takes decibels first and sums them in the bands", named="logarithm before the filterbank")
def _(power, filterbank):
    decibels = 10 * np.log10(np.maximum(power, 1e-10))
    return decibels @ filterbank.T


@held_out("8.3", "sets no floor, so silence is minus infinity", named="no floor")
def _(power, filterbank):
    with np.errstate(divide="ignore"):
        return 10 * np.log10(power @ filterbank.T)


@held_out("8.4", "does not take the largest score off, so it overflows", named="no maximum subtracted")
def _(spectrogram, query):
    with np.errstate(all="ignore"):
        exps = np.exp(query @ spectrogram / np.sqrt(len(query)))
        weights = exps / exps.sum()
    return spectrogram @ weights, weights


@held_out("8.4", "takes the last axis for the features: the root of T", named="scaling by √T")
def _(spectrogram, query):
    weights = _softmax(query @ spectrogram / np.sqrt(spectrogram.shape[-1]))
    return spectrogram @ weights, weights


@held_out("8.4", "brings moments to the front by a reshape", named="reshape instead of transpose")
def _(spectrogram, query):
    mels, T = spectrogram.shape
    moments = spectrogram.reshape(T, mels)
    weights = _softmax(moments @ query / np.sqrt(mels))
    return weights @ moments, weights


@held_out("8.4", "does not notice that moments are the columns", named="bands taken for moments")
def _(spectrogram, query):
    weights = _softmax(spectrogram @ query / np.sqrt(len(query)))
    return weights @ spectrogram, weights


@held_out("8.4", "gives back the context alone", named="weights not returned")
def _(spectrogram, query):
    weights = _softmax(query @ spectrogram / np.sqrt(len(query)))
    return spectrogram @ weights


@held_out("8.5", "looks for a name inside another name", named="names matched by part")
def _(voices, held_out):
    test = [i for i, voice in enumerate(voices) if any(name in voice for name in held_out)]
    train = [i for i in range(len(voices)) if i not in test]
    return train, test


@held_out("8.5", "index finds only the first recording of a voice", named="place of a voice's first recording")
def _(voices, held_out):
    train = [voices.index(voice) for voice in voices if voice not in held_out]
    test = [voices.index(voice) for voice in voices if voice in held_out]
    return train, test


@held_out("8.5", "gives the names instead of their places", named="names instead of places")
def _(voices, held_out):
    train, test = [], []
    for voice in voices:
        (test if voice in held_out else train).append(voice)
    return train, test


@held_out("8.5", "gives the test first", named="turned round")
def _(voices, held_out):
    test, train = [], []
    for place, voice in enumerate(voices):
        if voice in held_out:
            test.append(place)
        else:
            train.append(place)
    return test, train


@held_out("8.5", "gives a True or False for each recording", named="masks instead of places")
def _(voices, held_out):
    test = [voice in held_out for voice in voices]
    return [not one for one in test], test


held_out("8.6", "ten times the samples are 10 dB; then 3 off", named="10 dB for ten times the amplitude")(6.99)
held_out("8.6", "forgets the second noise", named="second noise forgotten")(0)
held_out("8.6", "adds amplitudes: twice the samples, 6 dB", named="amplitudes of two noises added")(-6.02)
held_out("8.6", "has the sign the wrong way round", named="sign")(3.01)
held_out("8.6", "each of the two noises costs 20 dB", named="decibels of two noises added")(-20)


# Lesson 09

held_out("9.1", "counts the weights, not their bytes", named="numbers instead of bytes")(8192**2)
held_out("9.1", "gives MiB", named="mebibytes")(256)
held_out("9.1", "one number for each token: forgets the square", named="one row")(8192 * 4)
held_out("9.1", "counts scores and weights, two maps", named="eight bytes a number, or two maps")(2 * 4 * 8192**2)
held_out("9.1", "reckons with a round 8,000 tokens", named="8,192 rounded")(256_000_000)


@held_out("9.2", "exponentials of the scores as they are: they overflow", named="no maximum subtracted")
def _(query, blocks):
    top, bottom = 0.0, 0.0
    with np.errstate(all="ignore"):
        for key, value in blocks:
            exps = np.exp(key @ query / np.sqrt(len(query)))
            top = top + exps @ value
            bottom = bottom + exps.sum()
        return top / bottom


@held_out("9.2", "a softmax in each block, then the mean of the contexts", named="mean of the blocks' contexts")
def _(query, blocks):
    contexts = []
    for key, value in blocks:
        contexts.append(_softmax(key @ query / np.sqrt(len(query))) @ value)
    return np.mean(contexts, axis=0)


@held_out("9.2", "gathers all blocks first", named="keeps every block")
def _(query, blocks):
    keys, values = [], []
    for key, value in blocks:
        keys.append(key)
        values.append(value)
    key, value = np.concatenate(keys), np.concatenate(values)
    return _softmax(key @ query / np.sqrt(len(query))) @ value


@held_out("9.2", "finds a new maximum and leaves the old sums as they were", named="no rescaling")
def _(query, blocks):
    m, total, mixed = -np.inf, 0.0, 0.0
    for key, value in blocks:
        scores = key @ query / np.sqrt(len(query))
        m = max(m, scores.max())
        exps = np.exp(scores - m)
        total += exps.sum()
        mixed = mixed + exps @ value
    return mixed / total


@held_out("9.2", "starts the maximum at 0, so low scores all vanish", named="maximum begins at 0")
def _(query, blocks):
    m, total, mixed = 0.0, 0.0, 0.0
    with np.errstate(all="ignore"):
        for key, value in blocks:
            scores = key @ query / np.sqrt(len(query))
            new = max(m, scores.max())
            exps = np.exp(scores - new)
            total = total * np.exp(m - new) + exps.sum()
            mixed = mixed * np.exp(m - new) + exps @ value
            m = new
        return mixed / total


@held_out("9.3", "sees itself and window more: one too many", named="one position too many")
def _(length, window):
    age = np.arange(length)[:, None] - np.arange(length)
    return (age >= 0) & (age <= window)


@held_out("9.3", "looks to both sides", named="looks ahead")
def _(length, window):
    place = np.arange(length)
    return np.abs(place[:, None] - place) < window


@held_out("9.3", "a slice that begins below 0 is empty in the first rows", named="a slice that begins below 0")
def _(length, window):
    mask = np.zeros((length, length), dtype=bool)
    for i in range(length):
        mask[i, i - window + 1 : i + 1] = True
    return mask


@held_out("9.3", "key minus query: sees ahead", named="queries and keys exchanged")
def _(length, window):
    age = np.arange(length) - np.arange(length)[:, None]
    return (age >= 0) & (age < window)


@held_out("9.3", "True for what is closed", named="mask polarity")
def _(length, window):
    open_ = torch.ones(length, length, dtype=torch.bool).tril().triu(1 - window)
    return (~open_).numpy()


def _phi(x):
    return np.where(x > 0, x + 1, np.exp(np.minimum(x, 0)))


@held_out("9.4", "leaves phi out: only changes the order of the products", named="no feature map")
def _(query, key, value):
    return query @ (key.T @ value) / (query @ key.sum(axis=0))[:, None]


@held_out("9.4", "makes the whole map, as always", named="still quadratic")
def _(query, key, value):
    products = _phi(query) @ _phi(key).T
    weights = products / products.sum(axis=-1, keepdims=True)
    return weights @ value


@held_out("9.4", "forgets to divide", named="no normaliser")
def _(query, key, value):
    state = _phi(key).T @ value
    return _phi(query) @ state


@held_out("9.4", "takes plain elu and forgets the + 1", named="elu without the 1")
def _(query, key, value):
    def elu(x):
        return np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)

    q, k = elu(query), elu(key)
    return (q @ (k.T @ value)) / (q @ k.sum(axis=0))[:, None]


@held_out("9.4", "divides by the number of keys: a mean", named="divided by the number of keys")
def _(query, key, value):
    state = np.zeros((key.shape[1], value.shape[1]))
    for k, v in zip(_phi(key), value):
        state += np.outer(k, v)
    return _phi(query) @ state / len(key)


@held_out("9.5", "forgets that keys and values are both kept", named="only keys or only values")
def _(layers, kv_heads, d_k, length, bytes_per_number):
    return layers * kv_heads * d_k * length * bytes_per_number


@held_out("9.5", "keeps a map: length squared", named="squared length")
def _(layers, kv_heads, d_k, length, bytes_per_number):
    return 2 * layers * kv_heads * d_k * length**2 * bytes_per_number


@held_out("9.5", "turns bytes into bits", named="bits")
def _(layers, kv_heads, d_k, length, bytes_per_number):
    return 8 * 2 * layers * kv_heads * d_k * length * bytes_per_number


@held_out("9.5", "counts one layer", named="one layer")
def _(layers, kv_heads, d_k, length, bytes_per_number):
    return 2 * kv_heads * d_k * length * bytes_per_number


@held_out("9.5", "gives MiB", named="in MiB")
def _(layers, kv_heads, d_k, length, bytes_per_number):
    numbers = 2 * layers * kv_heads * d_k * length
    return numbers * bytes_per_number / 2**20


@held_out("9.6", "takes new for the end, not for how many", named="new taken for the end")
def _(cached, new):
    return list(range(cached, new))


@held_out("9.6", "begins one later: counts from 1", named="one too far")
def _(cached, new):
    return [cached + 1 + i for i in range(new)]


@held_out("9.6", "gives the positions of the whole text", named="cached ones as well")
def _(cached, new):
    return list(range(cached + new))


@held_out("9.6", "adds a number to a list", named="a number added to a list, behind it")
def _(cached, new):
    return list(range(new)) + cached


@held_out("9.6", "thinks that range includes its end", named="begins rightly, ends one too early")
def _(cached, new):
    return list(range(cached, cached + new - 1))


# Lesson 10


@held_out("10.1", "takes the mean over the padding, too", named="padding averaged in")
def _(states, mask):
    mean = states.mean(axis=0)
    return mean / np.linalg.norm(mean)


@held_out("10.1", "forgets to bring it to length 1", named="not brought to length 1")
def _(states, mask):
    return states[mask].mean(axis=0)


@held_out("10.1", "takes the state of [CLS] for the sentence", named="[CLS] taken")
def _(states, mask):
    return states[0] / np.linalg.norm(states[0])


@held_out("10.1", "takes sum 1 for length 1", named="divided by the sum")
def _(states, mask):
    mean = np.mean(states[mask], axis=0)
    return mean / mean.sum()


@held_out("10.1", "brings each piece to length 1, then takes the mean", named="only each state brought to length 1")
def _(states, mask):
    real = states[mask]
    real = real / np.linalg.norm(real, axis=1, keepdims=True)
    return real.mean(axis=0)


@held_out("10.2", "each row finds itself", named="its own neighbour")
def _(states, labels):
    unit = states / np.linalg.norm(states, axis=1, keepdims=True)
    nearest = (unit @ unit.T).argmax(axis=1)
    return np.mean(labels[nearest] == labels)


@held_out("10.2", "takes the dot product without lengths", named="plain dot product")
def _(states, labels):
    products = states @ states.T
    np.fill_diagonal(products, -np.inf)
    return np.mean(labels[products.argmax(axis=1)] == labels)


@held_out("10.2", "nearest in a straight line, not by angle", named="Euclidean distance")
def _(states, labels):
    hits = 0
    for i in range(len(states)):
        distance = np.linalg.norm(states - states[i], axis=1)
        distance[i] = np.inf
        hits += labels[distance.argmin()] == labels[i]
    return hits / len(states)


@held_out("10.2", "takes the smallest cosine for the nearest", named="the farthest instead of the nearest")
def _(states, labels):
    unit = states / np.linalg.norm(states, axis=1, keepdims=True)
    cosine = unit @ unit.T
    np.fill_diagonal(cosine, np.inf)
    return np.mean(labels[cosine.argmin(axis=1)] == labels)


@held_out("10.2", "compares the neighbour's place with the label", named="place compared with the label")
def _(states, labels):
    unit = states / np.linalg.norm(states, axis=1, keepdims=True)
    cosine = unit @ unit.T - 2 * np.eye(len(unit))
    return float(np.mean(cosine.argmax(axis=1) == labels))


@held_out("10.3", "chooses on the half that it scores on", named="chosen on the scoring sentences")
def _(choosing, scoring):
    means = scoring.mean(axis=-1)
    layer, head = np.unravel_index(means.argmax(), means.shape)
    return int(layer), int(head), float(means[layer, head])


@held_out("10.3", "reports the mean by which it was chosen", named="scored on what it was chosen on")
def _(choosing, scoring):
    means = choosing.mean(axis=-1)
    layer, head = np.unravel_index(means.argmax(), means.shape)
    return int(layer), int(head), float(means[layer, head])


@held_out("10.3", "divides the place by the number of layers, not of heads", named="a place beyond the table")
def _(choosing, scoring):
    layers, heads, _sentences = choosing.shape
    layer, head = divmod(int(choosing.mean(axis=2).argmax()), layers)
    return layer, head, scoring[layer, head].mean()


@held_out("10.3", "counts layers and heads from 1, as the text does", named="counted from 1")
def _(choosing, scoring):
    means = choosing.mean(axis=-1)
    layer, head = np.unravel_index(np.argmax(means), means.shape)
    return layer + 1, head + 1, scoring[layer, head].mean()


@held_out("10.3", "takes the head with the finest single sentence", named="best sentence instead of best mean")
def _(choosing, scoring):
    peaks = choosing.max(axis=-1)
    layer, head = np.unravel_index(np.argmax(peaks), peaks.shape)
    return layer, head, scoring[layer, head].mean()


@held_out("10.4", "gives the cosine itself", named="cosine itself")
def _(encode, words):
    whole = encode(words)
    return [float(whole @ encode(words[:i] + words[i + 1 :])) for i in range(len(words))]


@held_out("10.4", "a word that stands twice goes at both places", named="removes every equal word")
def _(encode, words):
    whole = encode(words)
    return np.array([1 - whole @ encode([w for w in words if w != word]) for word in words])


@held_out("10.4", "compares with the word alone, not with the rest", named="the word alone")
def _(encode, words):
    whole = encode(words)
    return np.array([1 - np.dot(whole, encode([word])) for word in words])


@held_out("10.4", "believes that rest = words makes a copy", named="changes the list while reading it")
def _(encode, words):
    whole = encode(words)
    effects = []
    for word in words:
        rest = words
        rest.remove(word)
        effects.append(1 - whole @ encode(rest))
    return effects


@held_out("10.4", "measures the distance, not the cosine", named="distance instead of cosine")
def _(encode, words):
    whole = encode(words)
    effects = []
    for i in range(len(words)):
        without = list(words)
        del without[i]
        effects.append(np.linalg.norm(whole - encode(without)))
    return np.array(effects)


held_out("10.5", "takes a large weight for a large effect", named="a weight is an effect")("a")
held_out("10.5", "takes a weight for a reason", named="a weight is a reason")("b")
held_out("10.5", "takes a weight for understanding", named="a weight is understanding")("c")
