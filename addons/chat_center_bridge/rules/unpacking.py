"""A compressed body, unpacked no further than one is ready to take."""

import zlib

GZIP = 16 + zlib.MAX_WBITS
GZIP_NAMES = {"gzip", "x-gzip"}


class TooBig(ValueError):
    """There is more in a body than one takes."""


def unpack(body, encoding, most_bytes):
    """What a provider packed.

    :param bytes body: as it came
    :param str encoding: of the header Content-Encoding; empty: not packed
    :param int most_bytes: of what is in it
    :return: bytes; the body itself where it is not what the header says: whoever reads
        it next finds out that nobody can
    :raises TooBig: there is more in it, however small it is packed
    """
    if encoding.strip().lower() not in GZIP_NAMES:
        return body
    opener = zlib.decompressobj(GZIP)
    try:
        plain = opener.decompress(body, most_bytes + 1)
    except zlib.error:
        return body
    if len(plain) > most_bytes:
        raise TooBig
    return plain if opener.eof else body
