"""A plan in words: its conditions, and the commands, to copy."""

from __future__ import annotations

from pyserini_xqg.reproduce.matrix.plan import MatrixPlan


def conditions(plan: MatrixPlan) -> str:
    """A line a condition: its name, what it is, whether it can be run here."""
    width = max(len(one.name) for one in plan.conditions)
    reasons = {name: f"  (cannot be run: {reason})" for name, reason in plan.not_run.items()}
    return "\n".join(f"{one.name:{width}}  {one.display}{reasons.get(one.name, '')}" for one in plan.conditions)


def in_order(plan: MatrixPlan) -> str:
    """The commands, a line each, in an order in which they can be run."""
    return "\n".join(
        [
            *(f"# not run: {name}: {reason}" for name, reason in plan.not_run.items()),
            *(step.command for step in plan.steps),
        ]
    )


def by_condition(plan: MatrixPlan) -> str:
    """The commands that several conditions need, then those of each."""
    commands = {step.name: step.command for step in plan.steps}
    blocks = []
    for one in plan.conditions:
        mine = [commands.pop(one.name)] if one.name in commands else []
        blocks.append(
            "\n".join(
                [f"# {one.name}: {one.display}", *mine]
                if mine
                else [f"# {one.name} cannot be run: {plan.not_run[one.name]}"]
            )
        )
    shared = ["\n".join(["# for all", *commands.values()])] if commands else []
    return "\n\n".join(shared + blocks)
