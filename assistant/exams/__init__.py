"""Questions whose answers are known, put to the whole, the search or the routers, and the reports."""
