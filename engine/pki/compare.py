"""Two certificates, old and new, compared in words: what a renewal changed, and what that means."""

from engine.pki.facts import Certificate
from engine.pki.oids import USAGES
from engine.pki.usage import usages_of


def compare(old: Certificate, new: Certificate) -> tuple[str, ...]:
    """Sentences, the important ones first. A new issuer or serial number is what a renewal brings, and is said so."""
    said = []
    old_names, new_names = set(old.names.all()), set(new.names.all())
    if dropped := sorted(old_names - new_names):
        said.append(f"The new one no longer has {', '.join(dropped)}.")
    if added := sorted(new_names - old_names):
        said.append(f"The new one also has {', '.join(added)}.")
    if old.subject.raw != new.subject.raw:
        said.append(f"The subject was {old.subject.text()} and is {new.subject.text()}.")
    said += _usages(old, new)
    if old.key.identity == new.key.identity:
        said.append("Both have the same key; a renewal should come with a new one.")
    elif old.key.label != new.key.label:
        said.append(f"The key was {old.key.label} and is {new.key.label}.")
    said += _dates(old, new)
    if old.issuer.raw != new.issuer.raw:
        said.append(f"The issuer is now {new.issuer.text()}, which is normal: install the chain that came with it.")
    if not said:
        said.append("They differ in key, serial number and dates only.")
    return tuple(said)


def _usages(old: Certificate, new: Certificate) -> list[str]:
    before, after = usages_of(old.extensions), usages_of(new.extensions)
    if before == after:
        return []
    said = []
    if lost := [usage for usage in before or () if usage not in (after or ()) and after is not None]:
        said.append(f"The new one may no longer be used for {', '.join(USAGES.get(each, each) for each in lost)}.")
    if won := [usage for usage in after or () if usage not in (before or ()) and before is not None]:
        said.append(f"The new one may also be used for {', '.join(USAGES.get(each, each) for each in won)}.")
    return said


def _dates(old: Certificate, new: Certificate) -> list[str]:
    said = []
    gap = (new.not_before - old.not_after).days
    if new.not_before > old.not_after:
        said.append(
            f"Between the end of the old one and the beginning of the new one there are {gap} days without any."
        )
    if new.not_after <= old.not_after:
        said.append("The new one does not last longer than the old one.")
    before, after = (old.not_after - old.not_before).days, (new.not_after - new.not_before).days
    if abs(before - after) > 2:
        said.append(f"The old one lasted {before} days, the new one lasts {after}.")
    return said
