"""Notes in, passages out; knows nothing of routers, settings or pages."""
