"""A question in, a stream of typed events out; everything that a person or a script talks to."""
