"""What stands in a template is the template's, wherever it stands: words inside `{{ }}` format as those outside do.

`{{ "Run `dipper csr` for " ~ company if open else "" }}` prints its quoted words as template text and the company as
a value of its own kind: literal, and a person still as a mention. To that end what an output joins or chooses between
is taken apart when the template is compiled. Everything else (filters, calls, comparisons) stays one value.
"""

from jinja2 import Environment, nodes
from jinja2.visitor import NodeTransformer


class _Unfold(NodeTransformer):
    def visit_Output(self, node: nodes.Output) -> list[nodes.Node]:
        return [part for child in node.nodes for part in _parts(child)]


def _parts(node: nodes.Expr) -> list[nodes.Node]:
    line = node.lineno
    match node:
        case nodes.Const(value=str() as text):
            return [nodes.Output([nodes.TemplateData(text, lineno=line)], lineno=line)] if text else []
        case nodes.Concat(nodes=joined):
            return [part for child in joined for part in _parts(child)]
        case nodes.CondExpr(test=test, expr1=chosen, expr2=other):
            otherwise = _parts(other) if other is not None else []
            return [nodes.If(test, _parts(chosen), [], otherwise, lineno=line)]
        case _:
            return [nodes.Output([node], lineno=line)]


def unfold(tree: nodes.Template, environment: Environment) -> nodes.Template:
    """The template with each output taken apart into text and single values."""
    unfolded: nodes.Template = _Unfold().visit(tree)
    unfolded.set_environment(environment)
    return unfolded
