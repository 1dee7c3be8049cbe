"""A notebook with its record, and one with a few notes."""

import datetime as dt

import pytest

from knowledge.library import Library
from knowledge.note import Draft
from knowledge.notebook import Notebook
from knowledge.record import Record


@pytest.fixture
def notebook(library: Library) -> Notebook:
    return library.notebook


@pytest.fixture
def record(notebook: Notebook) -> Record:
    return notebook._record


@pytest.fixture
def shelf(notebook: Notebook) -> Notebook:
    notebook.add(Draft("Hums, model SF-N1-1A.", "Pump", "pool", dt.date(2023, 4, 18)))
    notebook.add(Draft("Chlorine 3 ppm.", "Opening", "pool", dt.date(2024, 5, 4), sample=True))
    notebook.add(Draft("# Trim\nAlabaster", "Paint", "painting", dt.date(2022, 1, 9)))
    notebook.add(Draft("The pumps of Türkis & Söhne", "Undated"))
    return notebook
