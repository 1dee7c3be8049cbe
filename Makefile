# Two commands do everything on a fresh machine: `make run` and `make test`. `make check` is for while you work.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed

.PHONY: run test check format browser clean

run: $(STAMP)  ## install, fetch the models, open the chat
	$(BIN)/our-house serve

test: $(STAMP) browser  ## every check: style, types, all tests, the real models and the real page
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/our-house models fetch minilm
	$(BIN)/our-house models fetch qwen2.5-coder-1.5b
	$(BIN)/our-house models fetch qwen2.5-coder-0.5b
	$(BIN)/pytest

check: $(STAMP)  ## three minutes: style, types and the fast tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -m "not models and not browser and not slow"

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The page is tested in Debian's Chromium; Playwright's own download is not needed.
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	  (apt-get update -qq && apt-get install -y -qq chromium) || \
	  (echo "The page tests need Chromium: install it with your system's packages." >&2; exit 1)

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[web,train,dev]'
	@touch $@

clean:
	rm -rf $(VENV)
