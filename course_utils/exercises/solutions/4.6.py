# Only the map's own word tests the map: A's answer stays without it, C's changes, and for B nobody looked.
maps_to_believe = ("no", "open", "yes")
