"""Which names are public suffixes, where nobody can own the name itself."""

from functools import cache

import dns.name
from publicsuffixlist import PublicSuffixList


@cache
def _list() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=True)


def is_public_suffix(name: dns.name.Name) -> bool:
    """Whether the name is a public suffix, by the Public Suffix List; an unknown top-level domain is one too."""
    return bool(_list().is_public(name.to_text(omit_final_dot=True).lower())) if name != dns.name.root else True


def registrable(name: dns.name.Name) -> dns.name.Name:
    """The name one label below the public suffix, which is what is registered; the name itself if it is a suffix."""
    found = _list().privatesuffix(name.to_text(omit_final_dot=True).lower())
    return dns.name.from_text(found) if found else name


@cache
def _registries_list() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=True, only_icann=True)


def is_platform_name(name: dns.name.Name) -> bool:
    """Whether the name lies below a private suffix, where a platform gives names to its customers."""
    text = name.to_text(omit_final_dot=True).lower()
    return _list().publicsuffix(text) != _registries_list().publicsuffix(text)
