"""`python -m bot.cli …` is `dipper …`, where the script is not at hand."""

from bot.cli import main

main()
