"""What is kept: the journal of events, what follows from it, and the one thread that writes it."""
