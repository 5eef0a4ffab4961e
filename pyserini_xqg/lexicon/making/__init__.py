"""Tables of word translations with probabilities, made from parallel text or taken over from public ones."""
