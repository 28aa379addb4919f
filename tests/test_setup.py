"""The set-up files agree with each other, and hold nothing of the machine that they were made on."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from widgets.kernels.visitors import OURS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ELSEWHERE = {"python", "pip"}
"""What conda must be told and pip need not."""


def declared() -> dict[str, Requirement]:
    return {str(canonicalize_name(each.name)): each for each in map(Requirement, PROJECT["dependencies"])}


def locked() -> dict[str, Version]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pairs = [line.partition("==") for line in lines if line and not line.startswith("#")]
    return {str(canonicalize_name(name)): Version(version) for name, _, version in pairs}


def test_conda_and_pip_install_the_same_packages() -> None:
    entries = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    from_pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    texts = [entry for entry in entries if isinstance(entry, str)] + [each for each in from_pip if each != "-e ."]
    assert "-e ." in from_pip
    conda = {str(canonicalize_name(each.name)): str(each.specifier) for each in map(Requirement, texts)}
    science = map(Requirement, PROJECT["optional-dependencies"]["science"])
    wanted = {str(canonicalize_name(each.name)): str(each.specifier) for each in [*declared().values(), *science]}
    assert {name: range_ for name, range_ in conda.items() if name not in ELSEWHERE} == wanted


def test_the_lock_has_a_version_that_fits_for_every_package() -> None:
    extras = [Requirement(text) for group in PROJECT["optional-dependencies"].values() for text in group]
    for requirement in [*declared().values(), *extras]:
        version = locked().get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not in constraints.txt"
        assert version in requirement.specifier, f"{requirement.name} {version} is not {requirement.specifier}"


def test_every_package_that_is_imported_is_declared() -> None:
    names = {"http_sf": "http-sf", "PIL": "pillow", "urllib3": "requests", "traitlets": "ipywidgets", "fpdf": "fpdf2"}
    # What comes with a declared package by its own promise: requests is urllib3, Flask is Werkzeug, click and Jinja,
    # Scrapy is Twisted.
    names |= {"werkzeug": "flask", "click": "flask", "jinja2": "flask", "markupsafe": "flask", "twisted": "scrapy"}
    # Voila is made of Jupyter's client and server, and these of tornado.
    names |= dict.fromkeys(("jupyter_client", "jupyter_core", "jupyter_server", "tornado"), "voila")
    known = set(declared()) | {canonicalize_name(Requirement(each).name) for each in optional()}
    for path in [*ROOT.glob("widgets/**/*.py"), *ROOT.glob("server/**/*.py")]:
        for module in imported(path):
            assert canonicalize_name(names.get(module, module)) in known, f"{path.name} imports {module}"


def optional() -> list[str]:
    return [text for group in PROJECT["optional-dependencies"].values() for text in group]


def imported(path: Path) -> set[str]:
    """The top-level modules that a file imports and that are neither Python's own nor ours."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"widgets", "server"}


def test_the_notebook_is_a_title_and_three_lines() -> None:
    title, code = json.loads((ROOT / "dashboard.ipynb").read_text("utf-8"))["cells"]
    assert (title["cell_type"], code["cell_type"], code["outputs"]) == ("markdown", "code", [])
    lines = [line for line in "".join(code["source"]).splitlines() if line]
    assert lines == ["from server import running", "from widgets import Dashboard", "Dashboard(running)"]


def test_no_file_names_a_registry_or_a_path_of_the_machine_that_made_it() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.split("\0")
    wrong = re.compile(rb"files\.pythonhosted|pypi\.org|registry\.npmjs|deb\.debian\.org|/ro" + rb"ot/|/wo" + rb"rk/")
    kept = [name for name in tracked if name and Path(name).suffix in TEXTS and (ROOT / name).is_file()]
    assert [name for name in kept if name != "tests/test_setup.py" and wrong.search((ROOT / name).read_bytes())] == []


TEXTS = {"", ".py", ".md", ".toml", ".txt", ".yml", ".json", ".ipynb", ".css", ".html", ".j2", ".sh"}


def test_ci_calls_exactly_the_readmes_test_command() -> None:
    assert (ROOT / ".ci" / "run").read_text("utf-8").rstrip().endswith("exec make test")
    assert re.search(r"^\s*make test\b", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)


def test_voila_serves_the_page_also_where_the_project_itself_is_not_installed() -> None:
    here, installed = (
        json.loads((ROOT / name).read_text("utf-8")) for name in ("voila.json", "widgets/kit/page/voila.json")
    )
    assert "widgets." not in json.dumps(here), "Voila's own folder is not among those that it imports from"
    assert "waitwise" not in json.dumps(here), "what is not installed cannot be chosen"
    assert installed["VoilaConfiguration"]["multi_kernel_manager_class"] == "widgets.kernels.visitors.VisitorKernels"
    assert installed["KernelProvisionerFactory"]["default_provisioner_name"] == OURS
