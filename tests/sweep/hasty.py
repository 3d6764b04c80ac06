"""A sweep that is interrupted while its processes are about to begin.

``python hasty.py``
"""

import signal
import sys

from hurried import same

from dcrviz.sweep import spread

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        list(spread(same, [1, 2, 3], workers=2))
    except KeyboardInterrupt:
        sys.stdout.write("interrupted\n")
