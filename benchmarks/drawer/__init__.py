"""The drawer of an invented family: sources of files of every kind, what makes them, and the truth about them."""
