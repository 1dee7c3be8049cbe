"""The commands of `our-house`, a module a kind; `assistant.cli` puts them together."""
