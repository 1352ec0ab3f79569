# The value was taken from the place of 'und'; the state there had read 'sieben' and could hand it over.
what_the_map_shows = "c"
