"""From what an article says to its translations alone: what every markup leaves behind is cleaned in one place."""
