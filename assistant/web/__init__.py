"""The page in the browser: widgets and their looks, with no logic of its own."""
