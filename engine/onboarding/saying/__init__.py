"""What each event says, one file a subject. `announce` is the way in."""
