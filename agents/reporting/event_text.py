"""Events as sentences, for plain output, for `reasoner trace` and for Python."""

from typing import Any

from agents.reporting.figures import dollars, duration, interval, percent, points
from agents.reporting.nothing_learnt import failure_words
from reasoner.types.printable import one_line

Event = dict[str, Any]


def sentence(event: Event) -> str | None:
    """One line for people; None for an event that has nothing to tell them."""
    told, cycle = words(event), event.get("cycle")
    return told if told is None or cycle is None else f"cycle {cycle}  {told}"


def lines(event: Event) -> list[str]:
    """All lines for people: the sentence, and what was looked at before a run, a line each."""
    told = sentence(event)
    details = (one_line(f"  {look['what']}: {look['found']}") for look in event.get("looks", ()))
    return [] if told is None else [told, *details]


def words(event: Event) -> str | None:
    """The same without the cycle."""
    telling = _WORDS.get(event["event"])
    return None if telling is None else one_line(telling(event))


def _launch(event: Event) -> str:
    computing = (
        f"; {event['threads']} {'thread' if event['threads'] == 1 else 'threads'}, {event['precision']}"
        if "threads" in event
        else ""
    )
    return f"run {event['run']} (configuration {event['config_hash']}) in {event['home']}{computing}"


def _preflight(event: Event) -> str:
    return f"looked at before anything is trained: {', '.join(look['what'] for look in event['looks'])}"


def _evaluation(event: Event) -> str:
    part = f" ({event['n'] + event['errors']} of {event['of']} asked)" if event.get("of") else ""
    figure = f"{percent(event['accuracy'])} {interval(event['ci95'])} of {event['n']}{part}"
    mode = f", {event['mode']}" if event.get("mode") else ""
    return f"{event['split']} set{mode}: {figure}, {event['checkpoint']}"


def _failures(event: Event) -> str:
    return f"mined {event['mined']} failures in {event['clusters']} groups"


def _teacher(event: Event) -> str:
    made = f"{event['accepted']} pieces accepted, {event['rejected']} rejected"
    failed = failure_words(event)
    asked = f"teacher: {event['calls']} calls, {event['cached']} from the cache, {made}, {dollars(event['usd'])}"
    return f"{asked}; {failed}" if failed else asked


def _judge(event: Event) -> str:
    failed = f", {event['failed']} without a verdict" if event["failed"] else ""
    return f"judge: {event['calls']} verdicts, {event['cached']} from the cache{failed}, {dollars(event['usd'])}"


def _examples(event: Event) -> str:
    learnt = f"learnt {event['added']} examples ({event['duplicates']} known already)"
    found = event.get("coverage")
    covered = f"; {percent(found['covered'])} of practice questions covered" if found else ""
    return f"{learnt}; memory holds {event['memory_size']}{covered}"


def _withheld(event: Event) -> str:
    reasons = ", ".join(f"{reason} {count}" for reason, count in event["reasons"].items())
    what = "examples" if event["cycle"] else "practice rows"
    return f"withheld {event['count']} {what} from training: {reasons}"


def _job(event: Event) -> str:
    failed = f": {event['error']}" if event.get("error") else ""
    return f"job {event['job']} {event['state']} after {duration(event['seconds'])}{failed}"


def _decision(event: Event) -> str:
    return f"{event['verdict']}: {event['reason']}"


def _watch(event: Event) -> str:
    against = f"{event['losses']} wins, {event['wins']} losses on {event['n']}"
    items = f"of {event['of']} items" if event.get("of") else "items"
    return f"watch: the champion against the one before it, {against} {items} (p={event['p']:.2g} for worse)"


def _proposal(event: Event) -> str:
    return f"proposal {event['proposal']}: {event['kind']} of {event['candidate']}; `reasoner proposals show` it"


def _remark(event: Event) -> str:
    return event["words"]


def _limit(event: Event) -> str:
    return f"limit: {event['reason']}"


def _search(event: Event) -> str:
    return f"searched {event['tried']} failures, {event['right']} right, {event['examples']} teach"


def _verifier(event: Event) -> str:
    auc = event["verifier"].get("auc")
    judged = "" if auc is None else f", AUC {auc:.3f} on those held out"
    return f"verifier of {event['problems']} problems{judged}"


def _call(event: Event) -> str:
    cached = ", from the cache" if event["cached"] else ""
    failed = f": {event['error']}" if event.get("error") else ""
    tokens = f"{event['prompt_tokens']}+{event['completion_tokens']} tokens"
    took = f"{tokens}, {duration(event['seconds'])}, {dollars(event['usd'])}"
    return f"call {event['call']} about {event['problem']}: {event['state']}{cached}, {took}{failed}"


def _latents(event: Event) -> str:
    shapes = ", ".join(f"{name} {shape}" for name, shape in event["shapes"].items())
    return f"latents of {event['rows']} of {event['of']} {event['what']}: {event['file']} ({shapes})"


def _found(event: Event) -> str:
    best = event["beams"][0]
    chosen = "; ".join(best["steps"]) if best["finished"] else "no end"
    found = f"{event['solutions']} solutions of {event['decodes']} decodes"
    return f"search about {event['problem']}: {found}; {chosen} (score {best['score']:.2f})"


def _solve(event: Event) -> str:
    at = f"batch {event['batch']}, step {event['in'].get('step', 0)}"
    return f"{event['part']} ({at}, {event['questions']} questions): {1000 * event['seconds']:.1f} ms"


def _fork(event: Event) -> str:
    changed = ", ".join(f"{name}={value}" for name, value in event["changes"].items()) or "nothing changed"
    return f"forked from {event['parent']} before {event['node']} of cycle {event['from_cycle']}: {changed}"


def _done(event: Event) -> str:
    sealed = event.get("sealed")
    gain = f", {points(sealed['gain'])} {interval(sealed['ci95'])} on the sealed set" if sealed else ""
    return f"done: {event['cycles']} cycles in {duration(event['seconds'])}{gain}; champion {event['champion']}"


_WORDS = {
    "launch": _launch,
    "preflight": _preflight,
    "evaluation": _evaluation,
    "failures": _failures,
    "teacher": _teacher,
    "judge": _judge,
    "examples": _examples,
    "job": _job,
    "watch": _watch,
    "decision": _decision,
    "proposal": _proposal,
    "verifier": _verifier,
    "search": _search,
    "call": _call,
    "latents": _latents,
    "found": _found,
    "solve": _solve,
    "fork": _fork,
    "limit": _limit,
    "remark": _remark,
    "withheld": _withheld,
    "done": _done,
}
