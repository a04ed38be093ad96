"""How each kind of source is read: a file an idea, all of them piece by piece."""
