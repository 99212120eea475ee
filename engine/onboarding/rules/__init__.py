"""The rules of `decide`, one file a subject. Each takes a draft and a command, and adds events or refuses."""
