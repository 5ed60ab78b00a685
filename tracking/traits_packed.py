"""The traits of a listing as they are stored: what a linking once made of its page is read back, not parsed again.

MessagePack: an array of the traits in their order, in it an array of the parts in theirs. A change of their order or
sense is one of ``LINKER_VERSION``.
"""

import msgspec

from tracking.traits import Traits

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Traits)


def pack_traits(traits: Traits) -> bytes:
    """The traits as they are stored."""
    return _encoder.encode(traits)


def unpack_traits(packed: bytes) -> Traits:
    """The traits out of what is stored.

    Raises:
        msgspec.MsgspecError: it is none of these.
    """
    return _decoder.decode(packed)
