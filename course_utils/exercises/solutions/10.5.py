# A weight says how much of a value goes into one mixture; what that does has to be tried out.
what_it_shows = "D"
