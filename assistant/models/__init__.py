"""The models: which there are, where each can be had, which one answers, and how it is asked."""
