"""Eighteen questions on ideas, asked before the first lesson and again after the last. This module is data."""

from __future__ import annotations

from dataclasses import dataclass

LETTERS = "abcd"


@dataclass(frozen=True)
class Belief:
    """Why somebody chooses a wrong option: the ``idea`` behind it, and what is so ``instead``.

    ``seen`` is the address of a public thread or page in which somebody held the idea, asked whether it is so, or
    was caught by it.
    """

    idea: str
    instead: str
    seen: str = ""


@dataclass(frozen=True)
class Question:
    """A question with four options, of which ``right`` is the letter of one.

    ``because`` says why it is right; ``mistaken`` has the belief behind each wrong letter. ``lesson``, such as "02",
    and ``section``, a title in it, say where it is measured or derived.
    """

    text: str
    options: tuple[str, str, str, str]
    right: str
    because: str
    mistaken: dict[str, Belief]
    lesson: str
    section: str

    @property
    def where(self) -> str:
        """Where to look again, in words."""
        return f"lesson {self.lesson}, section “{self.section}”"


QUESTIONS = (
    Question(
        "Two networks are trained alike, with one learning rate for both. Afterwards one can name the first of 20 "
        "symbols that it has read; the other guesses. What has been shown of the one that guesses?",
        (
            "its memory is too small for 20 symbols",
            "no gradient reached it from the first symbol",
            "it would guess at every other learning rate as well",
            "it did not learn this at this rate in these steps",
        ),
        "d",
        "One rate and one number of steps were tried; “did not learn” is not “cannot”.",
        {
            "a": Belief(
                "a network that fails has too little memory",
                "A GRU that guessed at one rate named the first of 20 symbols at another, in five seeds of five, "
                "with the same state.",
            ),
            "b": Belief(
                "a network that does not remember got no gradient",
                "A GRU learned 20 symbols from less than a thousandth of the near gradient. An LSTM with open gates, "
                "where much of it arrived, did not learn 80.",
                "https://packtpub.com/en-lt/product/hands-on-deep-learning-algorithms-with-python-9781789344158/"
                "chapter/improvements-to-the-rnn-7/section/improvements-to-the-rnn?chapterId=7",
            ),
            "c": Belief(
                "equal settings are fair settings",
                "A rate may suit one network and not another: at 0.03 the GRU got 1.00, and attention fell to 0.87.",
            ),
        },
        "01",
        "6. Was that fair?",
    ),
    Question(
        "The gradient tells training how much each word mattered. Attention joins a far word to the answer in one "
        "step. What follows for the gradient?",
        (
            "within a layer, it need not fade with distance",
            "in a stack of many layers, it can no longer vanish",
            "from far words it fades, as it does elsewhere",
            "without attention, it cannot come from afar",
        ),
        "a",
        "A far word is as near to the answer as its neighbour: one step, in one layer.",
        {
            "b": Belief(
                "attention has done away with the vanishing gradient",
                "It shortens the way between words, not the way down the layers. In lesson 06 twelve untrained layers "
                "left nothing of the gradient; with each part added to its input, it arrived.",
                "https://aicassindra.com/blogs/transformers/the_vanishing_gradient_problem.html",
            ),
            "c": Belief(
                "distance always costs gradient",
                "In a recurrent network each step takes a factor, 0.54 in ours. Attention's gradient did not change "
                "with distance.",
            ),
            "d": Belief(
                "only attention reaches far",
                "An LSTM whose forget gates start open had a nearly flat gradient as well.",
            ),
        },
        "01",
        "7. Verdicts",
    ),
    Question(
        "A query is compared with five keys, and none of them fits. What do its five attention weights add up to?",
        (
            "to nearly 0, since nothing was found",
            "to 5, a full share for each of the keys",
            "to 1, as they do for every other query",
            "to whatever the five scores add up to",
        ),
        "c",
        "The softmax shares out 1, whatever the scores: attention cannot look away.",
        {
            "a": Belief(
                "a weight tells whether something was found",
                "It tells how 1 was shared out. A query of zeros gave each of three keys 0.333.",
            ),
            "b": Belief(
                "each key has a weight of its own, from 0 to 1",
                "Weights are shares of one whole: what one key gains, the others lose. "
                "(Numbers that do not compete are gates: lesson 07.)",
            ),
            "d": Belief(
                "weights are the scores under another name",
                "Scores can be negative and add up to anything; the softmax makes shares of them.",
            ),
        },
        "02",
        "3. Many queries at once: the matrix form",
    ),
    Question(
        "A network with self-attention has been trained and is left as it is. It reads many sentences. What is sure "
        "to be the same in all of them?",
        (
            "the weights its words give one another",
            "the matrices that make queries and keys",
            "the scores that go into the softmax",
            "the places that get the most weight",
        ),
        "b",
        "Training changes matrices; scores and weights are computed anew from every input.",
        {
            "a": Belief(
                "attention weights are learned and stored, like other weights",
                "What is stored are matrices such as W_q and W_k. With the same matrices, another question sent the "
                "weight to another person.",
                "https://askai.glarity.app/search/How-is-backpropagation-related-to-attention-in-neural-networks",
            ),
            "c": Belief(
                "only the softmax depends on the input",
                "A score is a query times a key, and both are made from the words that are there.",
            ),
            "d": Belief(
                "training finds out at which places to look",
                "Weights learned for places, the same for every input, stayed at 0.47: the level of a model that "
                "names the commonest colour. What is asked for stands somewhere else each time.",
            ),
        },
        "02",
        "9. Was it attention that did it?",
    ),
    Question(
        "A score compares two vectors of, say, 64 numbers (“features”), and is then divided by the square root of 64. "
        "What is that good for?",
        (
            "the weights of a row then add up to 1",
            "the scores spread alike for few or many features",
            "the scores of large models are computed faster",
            "the scores are then positive, as the softmax needs",
        ),
        "b",
        "With independent random features of variance 1, a dot product has as its variance their number; after the "
        "division it is 1.",
        {
            "a": Belief(
                "dividing is what makes shares",
                "The softmax makes the weights add up to 1, whatever its scores are.",
            ),
            "c": Belief(
                "a scale saves work",
                "It is one more division. What it buys is training: with 512 features and the higher learning rate, "
                "only the scaled model learned the task.",
            ),
            "d": Belief(
                "the softmax needs positive scores",
                "It takes any: e to a negative power is positive. And a positive divisor changes no sign.",
            ),
        },
        "02",
        "5. Why divide by √d_k?",
    ),
    Question(
        "A model that is to write learns from whole texts, in which no word may look at later ones. What is done with "
        "the scores of the later words?",
        (
            "they become 0, before the softmax",
            "they stay; their weights become 0, and that is all",
            "nothing in training; the mask is for writing",
            "they become minus infinity, before the softmax",
        ),
        "d",
        "e to minus infinity is 0, and the words that are left share out the whole 1.",
        {
            "a": Belief(
                "a score of 0 is a weight of 0",
                "e to the power 0 is 1, so it gets a share: in lesson 02 a padding whose key was zeros got 0.08.",
                "https://github.com/georg-wolflein/good-features/pull/1",
            ),
            "b": Belief(
                "what is forbidden can be thrown away afterwards",
                "It has taken its share by then: with the best key forbidden in this way, a third was left of the 1.",
                "https://github.com/huggingface/transformers/issues/542",
            ),
            "c": Belief(
                "later words are to be hidden only when the model writes",
                "Then there are none yet. In training they are there, and each query meets every key: where lesson 06 "
                "forgets the mask, the loss falls below what is possible.",
            ),
        },
        "02",
        "6. Masks: who may look where",
    ),
    Question(
        "A translator from German is about to write its next English word. In its cross-attention, who looks at whom?",
        (
            "the English so far looks at each German word",
            "each German word looks at the English so far",
            "each German word looks at the other German words",
            "the English so far looks into a dictionary",
        ),
        "a",
        "The one who writes has the query, the one who has read has keys and values.",
        {
            "b": Belief(
                "the source sends its words to where they belong",
                "Queries come from the side that needs something now, and that is the one that writes; "
                "keys and values come from the one that has read.",
            ),
            "c": Belief(
                "attention always stays within one sequence",
                "Within one it is self-attention (lesson 04). A map of cross-attention has a row for each English "
                "word and a column for each German one.",
            ),
            "d": Belief(
                "keys are entries of a vocabulary",
                "Keys are made from the words of this text: a text of three words has three keys.",
            ),
        },
        "03",
        "3. The idea: let the one who writes look back",
    ),
    Question(
        "A translator of German numbers is always right. Yet for the “seven” of “sieben und neunzig”, 97, its map "
        "points at “und”. Exchange what it takes from there, and it no longer writes “seven”. How can that be?",
        (
            "it reads “sieben” in a way that no map shows",
            "to this network, “und” has come to mean seven",
            "what it takes from “und” tells of “sieben”, too",
            "the rows and columns of the map were exchanged",
        ),
        "c",
        "A value may be the state of a network that has read the neighbours; the seven is in there.",
        {
            "a": Belief(
                "a map that points beside the word is mere decoration",
                "Then the exchange would change nothing. In the eight seeds of ten whose maps pointed beside the word, "
                "the number that was written followed what was put at that place in 0.66 to 1.00 of the pairs.",
            ),
            "b": Belief(
                "where a network looks, it takes the meaning of the word that stands there",
                "“und” stands in most such numbers. Put there what it brings along after “zwei”, and “two” is written: "
                "a weight on a place is no weight on the word that stands there.",
            ),
            "d": Belief(
                "a map that looks odd was drawn wrongly",
                "Drawn rightly, it says from which position a value came. What the value knew, it does not say.",
            ),
        },
        "03",
        "6. The same translations, another map",
    ),
    Question(
        "The words of a sentence go through self-attention. Nothing tells it where they stand, and nothing is masked. "
        "Then the sentence is shuffled and goes through again. What comes out?",
        (
            "other outputs, since every word has other neighbours",
            "the same outputs as before, each at its old place",
            "no sensible outputs, until the model is trained anew",
            "the same output for each word, in the new order",
        ),
        "d",
        "Each word is compared with the same words as before; nothing says where they stand.",
        {
            "a": Belief(
                "attention notices who stands beside whom",
                "It meets all pairs alike, near and far. Order has to be put in: without it our reader of senses "
                "guessed on the hard test, 0.497.",
                "https://ai.stackexchange.com/questions/40390/what-is-the-intuition-behind-position-encoding",
            ),
            "b": Belief(
                "an output belongs to a place",
                "Without positions a place is nothing that the layer knows; the output goes along with its word.",
            ),
            "c": Belief(
                "a new order is a new task for the weights",
                "The matrices are the same for every word, wherever it stands; sums over all words have no order.",
            ),
        },
        "04",
        "3. It does not know the order",
    ),
    Question(
        "An attention head is one attention of its own, on a slice of each word's vector. One head is cut into two; "
        "the layer keeps its size. What is gained?",
        (
            "twice as many parameters to learn",
            "two mixtures for each word, not one",
            "half the work, as both run at once",
            "nothing, halves make the same whole",
        ),
        "b",
        "Each head has a softmax, and so a whole 1 to share out, of its own.",
        {
            "a": Belief(
                "every head brings matrices of its own size",
                "Heads share the features out between them: from 1 head to 8 the number of parameters stayed the same.",
                "https://university.govur.com/courses/attention-is-all-you-need-a-comprehensive-guide-to-neural-"
                "machine-translation/flashcard/qs-vDseqeV8WMKx",
            ),
            "c": Belief(
                "cutting work in two halves it",
                "The multiplications are the same, sorted in another way; and there are two maps where one was.",
            ),
            "d": Belief(
                "cutting a layer into slices changes nothing",
                "One softmax gives one mixture. With two, a network got both of its answers right, 1.000; with one, "
                "0.339.",
            ),
        },
        "05",
        "3. Two heads: the same numbers, cut in two",
    ),
    Question(
        "In a trained network one of four heads is switched off, and the answers stay as good as before. What follows?",
        (
            "this network, as it now is, can spare this head",
            "this head did nothing as long as it was on",
            "three heads would have been enough from the start",
            "a second head can be switched off with it",
        ),
        "a",
        "That is what was tried, and no more.",
        {
            "b": Belief(
                "what can be spared is idle",
                "Two heads may do one job, so that either can be spared. With four heads, 20 of 40 such trials left "
                "both jobs above 0.95.",
            ),
            "c": Belief(
                "what can be taken out was never needed",
                "A network that is trained without it is another network; whether that one learns was not tried.",
            ),
            "d": Belief(
                "what can be spared alone can be spared together",
                "Switch off all the heads that share a job, and it falls to guessing.",
            ),
        },
        "05",
        "7. Switch a head off",
    ),
    Question(
        "A language model learns to predict the next word. Its loss falls to nearly 0, even on texts that it has "
        "never seen. What should one think of first?",
        (
            "it has learned the language almost perfectly",
            "it has learned the training texts by heart",
            "it can see the word that it is to predict",
            "it was trained for many more steps than usual",
        ),
        "c",
        "Texts are never quite certain, so a loss of nearly 0 on new ones is a leak, as from a mask forgotten.",
        {
            "a": Belief(
                "the lower the loss, the better the model, down to 0",
                "Who knows all the rules is still surprised by what is free. Our model without a mask went 0.494 "
                "below that floor, and of 500 stories that it wrote none was accepted.",
                "https://github.com/karpathy/minGPT/issues/75",
            ),
            "b": Belief(
                "a loss that is too good is always learning by heart",
                "By heart one knows the old texts. On new ones our reciting counter lay 0.514 above the floor.",
            ),
            "d": Belief(
                "with enough steps any loss goes to 0",
                "Steps lead down to what is free in the text and no further: ours ended 0.0100 above that.",
            ),
        },
        "06",
        "What if the mask is forgotten?",
    ),
    Question(
        "A model that writes keeps the keys and values of all earlier words (a “KV cache”) and does not compute them "
        "again. What does that change?",
        (
            "the text, since the old keys go out of date",
            "the memory kept between words, which shrinks",
            "the work for each new word, not the text",
            "the reach: a word sees only the last few",
        ),
        "c",
        "No word sees a later one, so the old keys and values would come out the same.",
        {
            "a": Belief(
                "a new word changes what the old ones mean",
                "Under a causal mask it cannot: with and without the cache the logits were equal at every step.",
                "https://github.com/pkunlp-icler/FastV/issues/13",
            ),
            "b": Belief(
                "a cache saves memory",
                "It costs memory and saves work: all that it keeps has to lie somewhere, and grows with the text.",
                "https://aiadda.online/lexicon/kv-cache",
            ),
            "d": Belief(
                "what is kept is a short memory",
                "Each new word still asks all earlier ones, 351 pairs for 26 tokens. Only the last few: that is a "
                "window (lesson 09).",
            ),
        },
        "06",
        "8. What need not be computed twice",
    ),
    Question(
        "Pieces of a picture attend to one another. Those that show brick give 85 % of their attention to brick, "
        "which covers a quarter of the picture. Do they recognise brick?",
        (
            "yes: by chance it would be a quarter",
            "yes, if the same is found in many other pictures",
            "no: whoever recognises it gives it 100 %",
            "open: to attend to what is near may do as well",
        ),
        "d",
        "A rival that never looks at the picture shows what the number is worth.",
        {
            "a": Belief(
                "the rival to beat is chance",
                "Areas of one texture are compact. Attention by nearness alone put 0.809 on the own texture, and "
                "comparing features 0.850.",
            ),
            "b": Belief(
                "more examples make a rival unnecessary",
                "They make the number exact, not its meaning: over all the pictures mere nearness got 0.809.",
            ),
            "c": Belief(
                "a softmax that has found something is sure",
                "How large a share is depends on how choosy the softmax is set: the same piece of brick gave brick "
                "0.68, or 1.00.",
            ),
        },
        "07",
        "Ten collages for each of five seeds",
    ),
    Question(
        "Sixteen people say words. Their recordings are shuffled: most are used for training, the rest for a test. "
        "What does the score of the test tell?",
        (
            "how well strangers would be understood",
            "how well these sixteen are understood",
            "nothing, as the test clips were heard before",
            "less than is true, as mixtures are harder",
        ),
        "b",
        "The clips are new, the voices are not.",
        {
            "a": Belief(
                "new clips are a new case",
                "Each voice of the test was in the training. In ours, new clips by known voices got 0.947 (from known "
                "recordings, too), and by unseen voices 0.818.",
                "https://luoluo-l.github.io/audio-mnist-tutorial/different_training_stragedies",
            ),
            "c": Belief(
                "a test with anything known in it is void",
                "Its clips were not in the training. It answers a question, though another one than most people ask.",
            ),
            "d": Belief(
                "a mixture is harder than a clean split",
                "Known voices make it easier: they promised 0.130 more than unseen ones kept.",
            ),
        },
        "08",
        "The trap: which voices? (for home)",
    ),
    Question(
        "Attention can be computed block by block, as in FlashAttention, so that the whole map is never kept. What is "
        "different then?",
        (
            "the memory: it no longer grows fourfold for twice the text",
            "the work: it no longer grows fourfold for twice the text",
            "the result: it is an approximation of attention, a good one",
            "the reach: pairs of words far apart are left out",
        ),
        "a",
        "All pairs are still looked at, they are not kept.",
        {
            "b": Belief(
                "what is faster has less to compute",
                "For twice the length the flops (multiplications and additions) were four times as many, with blocks "
                "as with the whole map.",
            ),
            "c": Belief(
                "what is saved must be missing somewhere",
                "The two sums that a softmax needs can be taken as the keys come by; computed by hand, the blocks "
                "gave wet 3.15, as the whole row does. Computers differ in the last digits.",
                "https://github.com/Dao-AILab/flash-attention/issues/1673",
            ),
            "d": Belief(
                "blocks are neighbourhoods",
                "Every block of queries meets every block of keys. Leaving pairs out is a window, another thing.",
            ),
        },
        "09",
        "4. Exact, and no map",
    ),
    Question(
        "In one sentence, one of a model's 72 heads gives half of its attention at “bank” to “river”. What does that "
        "show of the model?",
        (
            "it has a head that looks for what “bank” means",
            "it would misread “bank” without this look",
            "little, until it is scored on other sentences",
            "nothing at all, as maps say nothing of models",
        ),
        "c",
        "Whoever may choose the head after seeing the maps can show anything.",
        {
            "a": Belief(
                "every head has a job, and a map shows it",
                "This head gave “river” 0.52, and the telling words of 120 other sentences 0.08. The best of 72 gave "
                "0.27 even to a word that was drawn by lot.",
                "https://theneuralbase.com/transformer-architecture/learn/beginner/what-each-head-might-specialize-in/",
            ),
            "b": Belief(
                "what is looked at is needed",
                "With all looks at the telling word closed, 0.64 of what separates the senses was left: other words "
                "stood in.",
            ),
            "d": Belief(
                "a map that may mislead is worth nothing",
                "A map can pass a test. Heads chosen on one half of the sentences gave the telling word 0.166 on the "
                "other half, and words as far away 0.049.",
            ),
        },
        "10",
        "5. The head that looks from bank to river",
    ),
    Question(
        "A model of many layers calls a film review “bad”. In the map of one of its heads, “boring” has a weight of "
        "0.9. What does that prove, by itself?",
        (
            "without “boring” it would have said “good”",
            "in one of its mixtures that place counts 0.9",
            "“boring” is the main reason for its answer",
            "it knows that “boring” is meant as blame",
        ),
        "b",
        "A map shows exactly the weights of one mixture, in one head of one layer.",
        {
            "a": Belief(
                "a large weight is a large effect",
                "That has to be tried. In any one of the first five of six layers the weights among the words could "
                "be exchanged at random, and the result moved by 0.02 or less.",
            ),
            "c": Belief(
                "attention is the explanation",
                "Past this map there are other heads, other layers and a stream beside them; and from the second "
                "layer on, what stands at a place is no longer the word alone.",
                "https://ai.stackexchange.com/questions/43417/how-can-i-interpret-attention-weights-matrix-"
                "are-they-reliable",
            ),
            "d": Belief(
                "where a model looks, it understands",
                "A weight is a match of two vectors. In lesson 08 nearly all weight was on the right word, and the "
                "answer was another one.",
            ),
        },
        "10",
        "7. Is the map an explanation?",
    ),
)
