# The new state is made from the old one and the token, and takes the old one's place.
def rnn_states(inputs, W_h):
    state, states = np.zeros(W_h.shape[0]), []
    for x in inputs:
        state = np.tanh(W_h @ state + x)
        states.append(state)
    return np.array(states)
