"""``python -m pyserini_xqg`` is the same as ``pyserini-xqg``."""

from pyserini_xqg.commands import main

if __name__ == "__main__":
    raise SystemExit(main())
