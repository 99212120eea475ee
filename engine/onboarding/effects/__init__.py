"""What each event does to the state, one file a subject. `evolve` is the way in."""
