"""One sample, or several faces, of everything that people read: for `dipper templates check` and `preview`, and for the tests."""

from bot.render.sample_answers import answer_samples
from bot.render.sample_forms import form_samples
from bot.render.sample_said import Sample, said_samples
from engine.process.model import Process


def samples(process: Process) -> tuple[Sample, ...]:
    return (*said_samples(process), *answer_samples(process), *form_samples(process))


__all__ = ["Sample", "samples"]
