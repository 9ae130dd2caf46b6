"""How fast mailpaths is, against peers, with figures that anyone can make again."""
