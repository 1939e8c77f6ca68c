"""The body of ``process``: the steps of a bound analysis, each with the words of its author as a comment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ...columns.nodes import Node, walk
from ..bind import Bound, BoundHistogram, BoundStep
from ..show import describe_step
from ..steps import Cut, Define, Keep, Weight
from .expressions import TABLE
from .names import Names
from .writer import ATOM, Code, Line, Writer, quote


def body(bound: Bound) -> tuple[list[str], set[str]]:
    """Lines of code and the helpers that they use."""
    writer = Writer(TABLE, bound.schema, bound.demand, count_uses(_roots(bound)), Names())
    _Body(bound, writer).write()
    return apply_cuts(writer.lines), writer.helpers


def _roots(bound: Bound) -> list[Node]:
    """What the script computes: as the engine, but without the counting of NaN."""
    steps = [step.node for step in bound.steps if not isinstance(step.step, Define)]
    return [*steps, *(node for histogram in bound.histograms for node in histogram.values)]


def is_used_after(bound: Bound, index: int, source: Node) -> bool:
    """Whether a collection is still needed, unfiltered, after the filter at `index`."""
    kept = bound.steps[index].node.identity
    later = [step.node for step in bound.steps[index + 1 :]] + [n for h in bound.histograms for n in h.values]
    later += [h.weight for h in bound.histograms if h.weight is not None]
    stack, seen = later, set()
    while stack:
        node = stack.pop()
        if node.identity == source.identity:
            return True
        if node.identity != kept and node.identity not in seen:
            seen.add(node.identity)
            stack.extend(node.inputs)
    return False


def count_uses(roots: Iterable[Node]) -> dict[bytes, int]:
    """How often each node is asked for by others (or as a root)."""
    roots = list(roots)
    uses: Counter[bytes] = Counter(node.identity for node in roots)
    for node in walk(roots):
        uses.update(child.identity for child in node.inputs)
    return dict(uses)


class _Body:
    def __init__(self, bound: Bound, writer: Writer) -> None:
        self.bound = bound
        self.writer = writer
        self.weight = ""  # the variable that holds the event weight, once one is declared
        self.masks: dict[str, tuple[str, str]] = {}  # cut name to mask and its inverse, when regions need them
        self.chain = ""  # with regions: the mask of the chain so far
        self.used = {node.identity for node in walk(bound.roots())}

    def write(self) -> None:
        w = self.writer
        w.touched.add("events")
        w.line('cutflow["all"] = len(events)')
        self.fills(0)
        for index, step in enumerate(self.bound.steps):
            if isinstance(step.step, Define) and step.node.identity not in self.used:
                continue
            w.comment("")
            w.comment(_one_line(_title(step)))
            match step.step:
                case Keep():
                    self.keep(step, index)
                case Define():
                    w.code(step.node)
                    w.touched = set()
                case Cut():
                    self.cut(step)
                case Weight():
                    self.add_weight(step)
            self.fills(index + 1)

    def keep(self, step: BoundStep, index: int) -> None:
        w = self.writer
        assert step.source is not None
        if step.source.operation in ("group", "variable") and not is_used_after(self.bound, index, step.source):
            # Nothing needs the unfiltered objects any more: the survivors take over their name.
            name = w.code(step.source).text
            w.assign(name, w.code(step.node.inputs[0]))
            w.named[step.node.identity] = name
            w.named.setdefault(step.node.inputs[0].identity, name)
            code = Code(name)
        else:
            code = w.code(step.node)
        w.touched = {code.text}
        self.row(step.step.name, code.text)

    def cut(self, step: BoundStep) -> None:
        w = self.writer
        name = step.step.name
        if not self.bound.regions:
            mask = w.known(step.node)
            if not any(node.operation in ("column", "group") for node in walk([step.node])):
                w.touched.add("events")
                mask = f"np.full(len(events), {mask})"  # the same for every event, as in 1 < 2
            w.line(f"passed = {mask}", defines="passed")
            w.touched.add("passed")
            w.line(f"cutflow[{quote(name)}] = int(ak.sum(passed))")
            w.line("", narrows="passed")
            w.presence.learn(step.node)
            return
        true = w.names.new(f"passes_{name}")
        code = w.code(step.node)
        if step.node.type.optional:
            raw = w.names.new(f"{name}_or_missing")
            w.assign(raw, code)
            w.touched.add(raw)
            w.assign(true, Code(f"ak.fill_none({raw}, False)"))
            w.touched.add(raw)
            false = w.names.new(f"fails_{name}")
            w.assign(false, Code(f"ak.fill_none(~{raw}, False)"))
        else:
            w.assign(true, code)
            false = f"~{true}"
        self.masks[name] = (true, false)
        w.touched = {true}
        if self.chain:
            w.touched.add(self.chain)
            chain = w.names.new("selected")
            w.assign(chain, Code(f"{self.chain} & {true}"))
            self.chain = chain
        else:
            self.chain = true
        self.row(name, "events")

    def row(self, name: str, counted: str) -> None:
        """A line of the cutflow; the writer of the file applies the cuts, so counting is all that is left."""
        w = self.writer
        if self.chain:
            w.touched = {self.chain}
            w.line(f"cutflow[{quote(name)}] = int(ak.sum({self.chain}))")
        else:
            w.touched = {counted}
            w.line(f"cutflow[{quote(name)}] = len({counted})")

    def add_weight(self, step: BoundStep) -> None:
        w = self.writer
        code = w.code(step.node)
        constant = step.node.operation == "constant"
        name = w.names.new("event_weight")
        if not self.weight:
            text = f"{code.within(ATOM)} * 1.0" if not constant else f"{code.text} * np.ones(len(events))"
            if constant:
                w.touched.add("events")
        else:
            w.touched.add(self.weight)
            text = f"{self.weight} * {code.within(ATOM)}"
        w.assign(name, Code(text))
        self.weight = name
        w.touched = {name} | ({self.chain} if self.chain else set())
        shown = f"{name}[{self.chain}]" if self.chain else name
        w.line(f"cutflow[{quote(step.step.name)}] = {w.helper('total')}({shown})  # sum of weights")

    # --- histograms -----------------------------------------------------------------------------------------------

    def fills(self, steps: int) -> None:
        due = [h for h in self.bound.histograms if h.steps == steps]
        if not due:
            return
        w = self.writer
        w.comment("")
        for histogram in due:
            if not self.bound.regions:
                self.fill(histogram, "", "")
                continue
            for region in self.bound.regions:
                terms = [self.masks[cut][inverted] for cut, inverted in region.terms if cut in self.masks]
                mask = w.names.new(f"in_{region.name}_for_{histogram.histogram.name}")
                w.touched = {term.removeprefix("~") for term in terms} | {"events"}
                w.assign(mask, Code(" & ".join(terms) or "np.ones(len(events), bool)"))
                self.fill(histogram, region.name, mask)

    def fill(self, bound: BoundHistogram, region: str, mask: str) -> None:
        w = self.writer
        arguments = []
        w.touched = set()
        for node in bound.values:
            arguments.append(self.argument(node, mask))
        if bound.weight is not None:
            own = isinstance(bound.histogram.weight, str)
            weight = self.argument(bound.weight, mask) if own else self.masked(self.weight, mask)
            arguments.append(f"weight={weight}")
        place = quote(bound.histogram.name) + (f", {quote(region)}" if region else "")
        fill = w.helper("fill_text" if any(node.type.kind == "str" for node in bound.values) else "fill")
        w.line(f"{fill}(histograms[{place}], {', '.join(arguments)})")

    def argument(self, node: Node, mask: str) -> str:
        w = self.writer
        if node.operation == "constant":
            w.touched.add("events")
            return self.masked(f"np.full(len(events), {w.code(node).text})", mask)
        code = w.code(node)
        return self.masked(code.within(ATOM) if mask else code.text, mask)

    def masked(self, text: str, mask: str) -> str:
        if text.isidentifier():
            self.writer.touched.add(text)
        if mask:
            self.writer.touched.add(mask)
        return f"{text}[{mask}]" if mask else text


def apply_cuts(lines: list[Line]) -> list[str]:
    """Put in, after each cut, the line that applies it to every variable that is used again."""
    out: list[str] = []
    defined: list[str] = ["events"]
    for place, line in enumerate(lines):
        if line.narrows:
            later = set().union(*(rest.uses for rest in lines[place + 1 :])) if place + 1 < len(lines) else set()
            live = [name for name in dict.fromkeys(defined) if name in later and name != line.narrows]
            for start in range(0, len(live), 4):
                some = live[start : start + 4]
                out.append(f"{', '.join(some)} = {', '.join(f'{name}[{line.narrows}]' for name in some)}")
            continue
        out += line.text.split("\n")
        if line.defines:
            defined.append(line.defines)
    return out


def _title(step: BoundStep) -> str:
    kind = {Keep: "Keep", Define: "Define", Cut: "Cut", Weight: "Weight"}[type(step.step)]
    described, name = describe_step(step.step), step.step.name
    own = name not in (described, step.step.expression) and not name.endswith(f": {step.step.expression}")
    return f"{kind} {name}: {described}" if own else f"{kind} {described}"


def _one_line(text: str) -> str:
    """Names and expressions may hold anything; in a comment they stay on its line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
