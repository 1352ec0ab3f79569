# The last logits predict a token that nobody knows, and the first token is predicted by nobody.
def next_token_loss(logits, tokens):
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return -log_p[np.arange(len(tokens) - 1), tokens[1:]].mean()
