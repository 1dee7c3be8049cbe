import inspect

from knowledge import errors


def test_the_tree_drawn_on_top_names_every_error() -> None:
    classes = {name for name, each in inspect.getmembers(errors, inspect.isclass) if each is not errors.KnowledgeError}
    branches = [line.lstrip("│ ") for line in str(errors.__doc__).splitlines()]
    drawn = {branch.split()[1] for branch in branches if branch.startswith(("├", "└"))}

    assert drawn == classes


def test_every_error_is_caught_as_one_of_this_room() -> None:
    for _, each in inspect.getmembers(errors, inspect.isclass):
        assert issubclass(each, errors.KnowledgeError)
