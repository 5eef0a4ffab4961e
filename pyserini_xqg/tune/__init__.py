"""The stage ``tune``: a dev set's score as a function of alpha, from one pass over the store."""
