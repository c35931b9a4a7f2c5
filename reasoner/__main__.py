"""`python -m reasoner`: the same command, for where the console script is not on the path."""

from reasoner.cli.main import main

if __name__ == "__main__":
    main()
