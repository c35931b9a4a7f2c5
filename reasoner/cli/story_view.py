"""The story of one problem, told."""

from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.text import Text

from reasoner.types.printable import one_line

if TYPE_CHECKING:
    from reasoner.bootstrap.story import Story
    from reasoner.cli.voice import Voice

COLOURS = {"right": "green", "wrong": "red"}


def show_story(voice: "Voice", home: Path, run: str, problem: str, *, try_again: bool) -> None:
    """Tells it, chapter by chapter; with `--json` one object a chapter, then the end."""
    from reasoner import bootstrap

    story = bootstrap.problem_story(home, run, problem, try_again=try_again)
    for chapter in story.chapters:
        voice.record("chapter", {"problem": story.id, **chapter.model_dump(mode="json")}, run=run)
    end = story.model_dump(mode="json", exclude={"run", "chapters"})
    voice.record("story", end, run=run)
    for line in _head(story):
        voice.show(one_line(line))
    width, title = voice.console.width, ""
    for chapter in story.chapters:
        at = "now" if chapter.node == "now" else f"cycle {chapter.cycle}"
        if at != title:
            title = at
            voice.show(Text(title, style="bold underline"))
        colour = COLOURS.get(str(chapter.body.get("outcome", "")), "default")
        parts = wrap(chapter.said, max(40, width - 14), subsequent_indent="  ")
        text = Text(f"  {chapter.node:<10}  ", style="bold")
        voice.show(text.append("\n              ".join(parts), style=f"not bold {colour}"))
    voice.show(_ending(story, tried=try_again))


def _head(story: "Story") -> list[str]:
    head = [f"problem {story.id}, {story.place} of run {story.run}"]
    if story.problem is not None:
        about = story.problem
        head += [f"{about.question}", f"{about.skill}, {about.difficulty} steps; the answer is {about.answer}"]
        if about.steps:
            head.append(f"worked: {'; '.join(about.steps)}")
    return [*head, ""]


def _ending(story: "Story", *, tried: bool) -> str:
    if not story.solved_by:
        hint = "" if tried else "; --try asks every champion of the run now"
        return f"\nnobody has solved it so far{hint}"
    if story.promotion is None:
        return f"\nfirst solved by {story.solved_by}, which no decision of this run has promoted"
    p = story.promotion
    return f"\nfirst solved by {story.solved_by}, champion since cycle {p.cycle} by decision {p.id}: {p.reason}"
