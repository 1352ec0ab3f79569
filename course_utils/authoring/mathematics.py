"""Formulas as MathML, which browsers draw and screen readers read without any script."""

from __future__ import annotations

import re
from xml.etree import ElementTree

FUNCTION = r"\\(?:sin|cos|tanh|exp|ln|log)(?:_\{[^{}]*\})?(?![a-z])"
COMMANDS = {"≈": r"\approx ", "≠": r"\neq ", "·": r"\cdot ", "×": r"\times ", "…": r"\dots "}
MATHML = "{http://www.w3.org/1998/Math/MathML}"
PARTS = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
ONE_NUMBER = re.compile(r"<mn>([\d,]+)</mn><mtext>,</mtext>(<msup>)?<mn>")  # 10{,}000


def mathml(latex: str, *, block: bool = False) -> str:
    """A formula of LaTeX's mathematics, without its dollars, as a ``<math>`` element; ``block`` sets it off.

    Raises ValueError when it does not convert, ImportError when the package that converts is not installed.
    """
    try:
        from latex2mathml.converter import convert
    except ImportError:
        raise ImportError("Formulas need one more package: pip install latex2mathml") from None
    try:
        element = convert(_spelt_out(latex), display="block" if block else "inline")
        while ONE_NUMBER.search(element):
            element = ONE_NUMBER.sub(r"\2<mn>\1,", element)
        nodes = list(ElementTree.fromstring(element).iter())
    except Exception as error:  # the package has one class of its own for each fault, and lets a bare & or < through
        raise ValueError(f"the formula {latex!r} does not convert ({type(error).__name__}).") from None
    if latex.count("{") != latex.count("}") or not all(map(_is_whole, nodes)):
        raise ValueError(f"the formula {latex!r} does not convert: a part is missing, or a command or sign unknown.")
    return element


def _is_whole(node: ElementTree.Element) -> bool:
    """An element of formulas (their names begin with m) with as many parts as it needs, and no command left over."""
    parts = PARTS.get(node.tag.removeprefix(MATHML), len(node))
    return node.tag.startswith(f"{MATHML}m") and len(node) == parts and "\\" not in (node.text or "")


def _spelt_out(latex: str) -> str:
    """The same formula in what the converter understands: it lacks some commands and some of TeX's spacing."""
    for sign, command in COMMANDS.items():
        latex = latex.replace(sign, command)
    latex = re.sub(r"\\operatorname\{((?:[^{}])*)\}", lambda name: rf"\text{{{name[1].replace(chr(92), '')}}}", latex)
    latex = latex.replace("{,}", r"\text{,}")
    latex = re.sub(rf"(?<=[\w)}}])\s*(?={FUNCTION})", r"\\, ", latex)  # a thin space before a function's name ...
    return re.sub(rf"({FUNCTION})(?=\s*[\w\\{{])", r"\1\\, ", latex)  # ... and after it where no bracket follows
