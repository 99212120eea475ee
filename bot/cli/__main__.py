"""`python -m bot.cli`: the same as `dipper`."""

from bot.entry import main

if __name__ == "__main__":
    main()
