"""Finding Java, starting it, and the bridge: our Java classes, compiled and put where Anserini finds them."""
