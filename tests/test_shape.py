"""The size and shape of the house: nothing grows until it eats the project."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

from truceline.errors import TrucelineError

SRC = Path(__file__).resolve().parent.parent / "src"
PACKAGE = SRC / "truceline"
MODULES = sorted(PACKAGE.rglob("*.py"))
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 50
MAX_PUBLIC_METHODS = 12

every_module = pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(SRC)))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def too_long(path: Path) -> list[str]:
    found = []
    for node in functions(path):
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        lines = (node.end_lineno or first) - first + 1
        if lines > MAX_FUNCTION_LINES:
            found.append(f"{node.name} has {lines} lines")
    return found


def too_wide(path: Path) -> list[str]:
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            public = [n for n in node.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
            if len(public) > MAX_PUBLIC_METHODS:
                found.append(f"{node.name} has {len(public)} public methods")
    return found


def docstring_fault(path: Path) -> str:
    """What is wrong with the docstring of a module: it says in one sentence, on one line, what belongs there."""
    text = ast.get_docstring(tree(path), clean=False)
    if text is None:
        return "no docstring"
    sentence, _, rest = text.partition("\n")
    if rest.strip() and not rest.startswith("\n"):
        return "what follows the first sentence begins after an empty line"
    if not sentence.strip().endswith((".", "?")):
        return f"the first line is no whole sentence: {sentence!r}"
    opening = path.read_text(encoding="utf-8").splitlines()[0]
    return "" if opening.startswith('"""') else "the docstring is not the first line"


def relative_imports(path: Path) -> list[int]:
    return [node.lineno for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom) and node.level]


def not_plain(path: Path) -> list[str]:
    """What a package's __init__ holds besides its docstring and names that it re-exports."""
    found = []
    for node in tree(path).body:
        doc = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        exports = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("truceline")
        listed = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        if not (doc or exports or listed):
            found.append(ast.unparse(node))
    return found


@every_module
def test_a_module_is_small_enough_to_read(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_MODULE_LINES, f"{lines} lines; split it by subject"


@every_module
def test_functions_are_short(path: Path) -> None:
    assert not too_long(path)


@every_module
def test_classes_have_few_public_methods(path: Path) -> None:
    assert not too_wide(path)


@every_module
def test_a_module_says_what_belongs_there(path: Path) -> None:
    assert not docstring_fault(path)


@every_module
def test_imports_are_absolute(path: Path) -> None:
    assert not relative_imports(path)


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*/__init__.py")), ids=lambda p: str(p.relative_to(SRC)))
def test_a_package_does_nothing_when_it_is_imported(path: Path) -> None:
    assert not not_plain(path)


def test_the_package_itself_only_says_how_kernels_are_compiled() -> None:
    assert [line for line in not_plain(PACKAGE / "__init__.py") if not line.startswith(("import", "from", "def"))] == [
        "__version__ = '0.1.0'",
        "COMPILED = ('geo', 'physics', 'fusion', 'simulation')",
        "os.environ.setdefault('NUMBA_CPU_NAME', 'generic')",
        "os.environ.setdefault('NUMBA_CACHE_DIR', _kernel_cache())",
    ]


def test_every_folder_of_modules_is_a_package() -> None:
    lacking = {p.parent for p in MODULES if not (p.parent / "__init__.py").is_file()}
    assert not lacking


@every_module
def test_no_class_inherits_from_one_of_ours(path: Path) -> None:
    name = ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
    module = importlib.import_module(name)
    for _, one in inspect.getmembers(module, inspect.isclass):
        if one.__module__ != name or issubclass(one, TrucelineError):
            continue
        ours = [base.__qualname__ for base in one.__mro__[1:] if base.__module__.startswith("truceline")]
        assert not ours, f"{one.__name__} inherits from {ours}: compose, or take it as an argument"


def test_the_rules_notice_a_breach(tmp_path: Path) -> None:
    bad = tmp_path / "bad.py"
    methods = "".join(f"    def m{n}(self): ...\n" for n in range(13))
    body = "    pass\n" * 50
    bad.write_text(f"from . import x\ndef long():\n{body}class Wide:\n{methods}", encoding="utf-8")
    assert too_long(bad) == ["long has 51 lines"]
    assert too_wide(bad) == ["Wide has 13 public methods"]
    assert relative_imports(bad) == [1]
    assert docstring_fault(bad) == "no docstring"
    assert len(not_plain(bad)) == 3
    bad.write_text('"""Half a\nsentence."""\n', encoding="utf-8")
    assert docstring_fault(bad)
    bad.write_text('"""A sentence.\n\nAnd more."""\n', encoding="utf-8")
    assert not docstring_fault(bad)
