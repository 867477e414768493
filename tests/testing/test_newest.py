"""newest.py: what a test looks through while a pool answers."""

import gc

from race import meanwhile

from srp_cognito.testing.newest import Newest


def test_it_can_be_looked_through_while_more_comes() -> None:
    newest = Newest[list[int]](maxlen=1000)
    newest.extend([0] for _ in range(1000))
    # Before Python 3.12 a collection may come in the middle of a copy, and let other threads run.
    gc.callbacks.append(lambda *_: None)
    try:
        meanwhile(lambda: newest.append([0]), lambda: [each for each in newest if each], times=3000)
    finally:
        gc.callbacks.pop()
    assert len(list(newest)) == 1000
