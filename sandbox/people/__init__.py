"""What people do: each function is one gesture of one user, refused where Slack's client would not offer it."""
