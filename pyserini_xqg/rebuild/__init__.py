"""An index again, from its ``xqg.json``."""
