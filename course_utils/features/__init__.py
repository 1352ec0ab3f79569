"""Numbers made from pictures and sounds by a fixed rule: nothing here is learned."""
