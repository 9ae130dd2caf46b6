"""Sphinx: Markdown pages (MyST), every `>>>` example a test, every reference checked without a network."""

import doctest
import importlib.metadata
import sys
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

project = "mailpaths"
author = "The mailpaths authors"
copyright = f"2026, {author}"  # noqa: A001 - Sphinx's own name
release = version = importlib.metadata.version("mailpaths")

# Tables that are made from mailpaths itself, and the role "own".
sys.path.insert(0, str(Path(__file__).parent / "_ext"))
extensions = [
    "mailpaths_docs",
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "_ext", "_figures", "examples"]
# `name` in a docstring is code, and a link where it is a public name.
default_role = "own"

# A quotation mark in an address is what it is.
smartquotes = False

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 100
autodoc_default_options = {"members": True}
autodoc_preserve_defaults = True

# Strict (`-n -W`) and offline: no intersphinx, so names of the standard library have nowhere to link to. Our own have.
nitpick_ignore_regex = [(r"py:.*", rf"({'|'.join(sorted({*sys.stdlib_module_names, 'hypothesis'}))})(\..*)?")]
# Imported for types alone, so that its module is not told.
nitpick_ignore = [("py:class", "Path")]

# The pages' own examples only (see below), each with its imports. Those in docstrings run in `tox -e tests`, where a
# name of the module needs no import.
doctest_test_doctest_blocks = ""
# The files that examples read; a shell example finds copies of them in its directory.
doctest_global_setup = f"import os; os.chdir({str(Path(__file__).parent / 'examples')!r})"
# Sphinx's own choice has IGNORE_EXCEPTION_DETAIL in it: what an error says is part of an example.
doctest_default_flags = doctest.ELLIPSIS | doctest.DONT_ACCEPT_TRUE_FOR_1

html_theme = "furo"
html_title = f"mailpaths {release}"
html_static_path = ["_static"]
html_css_files = ["mailpaths.css"]
html_copy_source = False
html_show_sourcelink = False
# Only faces that every system has: a page fetches nothing from elsewhere.
html_theme_options = {"navigation_with_keys": True}
pygments_style = "friendly"
pygments_dark_style = "monokai"


class PyconFencesAreTests(SphinxTransform):
    """Make a ``pycon`` fence of a Markdown page a doctest: an example in the docs that does not run fails the build."""

    default_priority = 1

    def apply(self, **_: object) -> None:
        """Mark each such block the way ``sphinx.ext.doctest`` looks for."""
        for block in self.document.findall(nodes.literal_block):
            if block.get("language") == "pycon" and "testnodetype" not in block:
                block["testnodetype"] = "doctest"
                block["groups"] = ["default"]
                block["options"] = {}


def setup(app: Sphinx) -> dict[str, bool]:
    """Install the transform above."""
    app.add_transform(PyconFencesAreTests)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
