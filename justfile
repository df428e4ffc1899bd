# What CI runs: tests, then linters
default: test lint

test *options:
    python -m pytest {{options}}

lint:
    ruff format --check .
    ruff check .
    mypy
    lint-imports

# Rewrite docs/reference from the program
docs:
    python docs/generate.py

# Rebuild the shipped workbooks, then every picture in docs/pictures
pictures:
    ltc-xl rollout build
    python docs/pictures.py

# Rewrite the golden samples, then read the diff
samples:
    python -m pytest tests/test_render.py --update-samples

# One line of the table of figures, e.g. `just bench read`
bench NAME:
    python benchmarks/{{NAME}}.py

# A hundred syncs and two hundred writes killed at random moments, each held to an undisturbed run; real files
soak:
    python benchmarks/kills.py
    python benchmarks/kill_writes.py
    python benchmarks/corpus.py
