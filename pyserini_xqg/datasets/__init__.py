"""Public data sets: what their authors published in, corpus, topics and qrels out."""
