"""The command line, and what only it needs.

The rules of this folder. Nothing outside imports it but `__main__`. Standard output holds the
answer and nothing else; what is meant for people goes to standard error. Secrets never come in as
arguments, which every user of the machine can read. A command imports what it needs when it runs.
"""

__all__: list[str] = []
