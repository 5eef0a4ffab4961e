"""How passages and their queries' vectors become what is indexed."""
