"""A question in, a Decision out; knows nothing of notes, settings or pages."""
