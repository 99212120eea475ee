"""The process as bytes, for storing it whole with the onboardings that started with it, and the hash that it is known by."""

import hashlib

import msgspec

from engine.process.model import Process

_encoder = msgspec.json.Encoder(order="deterministic")
_decoder = msgspec.json.Decoder(Process)


def encode_process(process: Process) -> bytes:
    """Canonical JSON: equal processes give equal bytes."""
    return _encoder.encode(process)


def decode_process(data: bytes) -> Process:
    """The process again. Raises msgspec.DecodeError (ValidationError among them) if the bytes are not one."""
    return _decoder.decode(data)


def process_hash(process: Process) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(encode_process(process)).hexdigest()
