# The voice decides, not the recording: so all that one voice has said lies on one side.
def split_by_voice(voices, held_out):
    train = [i for i, voice in enumerate(voices) if voice not in held_out]
    test = [i for i, voice in enumerate(voices) if voice in held_out]
    return train, test
