"""The command line: parse, call, render. One file a command group, imported only when its command runs."""
