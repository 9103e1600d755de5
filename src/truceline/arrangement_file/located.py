"""Where something stands in a file that was read: by its keys and ids, so that a problem is told with its line."""

from collections.abc import Iterator

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from truceline.strict_yaml import Value, is_null

_CALLED = ("id", "number", "name", "actor", "since")  # what an entry of a list goes by: the first of these that it has


def place_of(value: Value, *path: str | int) -> Value:
    """What lies at `path` below `value`, or the last of it that is there; says nothing of what is not.

    A step is a key, a position in a list (from 0), or the id, number, name, actor or day of one of a list's entries.
    """
    for step in path:
        below = _below(value.node, step)
        if below is None or is_null(below):
            break
        value = Value(value.file, str(step), below, value.problems)
    return value


def stands(value: Value, *path: str | int) -> bool:
    """Whether there is anything at `path` below `value`."""
    node = value.node
    for step in path:
        node = _below(node, step)
    return node is not None and not is_null(node) and not (isinstance(node, SequenceNode) and not node.value)


def mappings(value: Value) -> Iterator[Value]:
    """Every set of keys with values in the file, at any depth, in its order; one that is repeated by alias once."""
    waiting, seen = [value], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one.node) in seen:
            continue
        seen.add(id(one.node))
        if isinstance(one.node, MappingNode):
            yield one
            below = [(str(key.value), node) for key, node in one.node.value]
        else:
            below = [(one.name, node) for node in one.node.value] if isinstance(one.node, SequenceNode) else []
        waiting += [Value(one.file, name, node, one.problems) for name, node in reversed(below)]


def words(value: Value, key: str) -> str:
    """The text at `key` of `value`; "" if there is none."""
    node = _below(value.node, key)
    return " ".join(str(node.value).split()) if isinstance(node, ScalarNode) else ""


def _below(node: Node | None, step: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return next((below for key, below in node.value if str(key.value) == step), None)
    if not isinstance(node, SequenceNode):
        return None
    if isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    return next((one for one in node.value if _called(one) == step), None)


def _called(node: Node) -> str:
    if isinstance(node, ScalarNode):
        return " ".join(str(node.value).split())
    found = (_below(node, key) for key in _CALLED)
    return next((" ".join(str(one.value).split()) for one in found if isinstance(one, ScalarNode)), "")
