"""LibreOffice's help as Debian packages it: English pages, and their titles in twenty other languages."""
