"""The command line, and what only it needs.

The rules of this folder. Standard output gets the answer and nothing else; messages for people go
to standard error. Secrets never come as arguments, which every user of the machine can read. A
command imports what it needs when it runs. Whatever is wrong with the input or with a stream ends
in one sentence and an exit status.
"""

__all__: list[str] = []
