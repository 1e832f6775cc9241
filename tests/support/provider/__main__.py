"""``python -m support.provider --port N``: beside a demo, until it is ended."""

import argparse

from .server import Provider


def main():
    parser = argparse.ArgumentParser(prog="support.provider", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    provider = Provider(parser.parse_args().port)
    print(provider.url, flush=True)
    provider.serve()


if __name__ == "__main__":
    main()
