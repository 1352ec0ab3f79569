# The earlier r stands at 1; the head looks at what came after it, at 2, and copies that token.
induction_guess = (2, "t")
