"""What a cycle has asked of the model that judges answers, told once in its events."""

from agents.parts import Parts


def tell_verdicts(cycle: int, parts: Parts) -> None:
    """The event `judge`, from the books; none of a task that no model judges."""
    if parts.judge is None:
        return
    calls = parts.judge_ledger(cycle).calls(cycle)
    paid = [call for call in calls if not call.cached]
    parts.events.write(
        f"{cycle}/judge",
        "judge",
        cycle,
        model=parts.judge.rules.model,
        calls=len(paid),
        cached=len(calls) - len(paid),
        failed=sum(call.judgement is None for call in calls),
        usd=round(sum(call.usd for call in paid), 9),
        tokens=sum(call.prompt_tokens + call.completion_tokens for call in paid),
    )
